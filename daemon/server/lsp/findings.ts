/** Diagnostics of all features by document: pushed, or asked for where the client wants to ask. */
import type { Diagnostic } from "vscode-languageserver";
import type { Face, Findings, Offer, RequestHandler } from "./feature.ts";
import { request } from "./feature.ts";
import { fileKeyOf } from "./folders.ts";
import { DocumentParams } from "./params.ts";

export interface OwnedFindings extends Findings {
  readonly offers: readonly Offer[];
  readonly requests: readonly RequestHandler[];
}

const MOST_OF_A_DOCUMENT = 500;

export function createFindings({ connection, client }: Pick<Face, "connection" | "client">): OwnedFindings {
  /** By `fileKeyOf`: clients write one file's URI in several ways. */
  const byUri = new Map<string, Map<string, readonly Diagnostic[]>>();
  const { textDocument, workspace } = client.capabilities;
  // A client that cannot be told to ask again would show what has long changed.
  const isAsked = textDocument?.diagnostic !== undefined && workspace?.diagnostics?.refreshSupport === true;

  function of(uri: string): Diagnostic[] {
    return [...(byUri.get(fileKeyOf(uri))?.values() ?? [])].flat().slice(0, MOST_OF_A_DOCUMENT);
  }

  function tell(uri: string): void {
    const sent = isAsked
      ? connection.sendRequest("workspace/diagnostic/refresh")
      : connection.sendNotification("textDocument/publishDiagnostics", { uri, diagnostics: of(uri) });
    void sent.catch(() => undefined);
  }

  return {
    set(owner, uri, diagnostics) {
      const key = fileKeyOf(uri);
      const owners = byUri.get(key) ?? new Map<string, readonly Diagnostic[]>();
      const before = owners.get(owner) ?? [];
      if (JSON.stringify(before) === JSON.stringify(diagnostics)) return;
      if (diagnostics.length === 0) owners.delete(owner);
      else owners.set(owner, diagnostics);
      if (owners.size === 0) byUri.delete(key);
      else byUri.set(key, owners);
      tell(uri);
    },
    of,
    offers: isAsked
      ? [
          {
            method: "textDocument/diagnostic",
            capability: "diagnosticProvider",
            options: { identifier: "nexus", interFileDependencies: false, workspaceDiagnostics: false },
          },
        ]
      : [],
    requests: [
      request("textDocument/diagnostic", DocumentParams, async ({ textDocument: { uri } }) => {
        return { kind: "full", items: of(uri) };
      }),
    ],
  };
}
