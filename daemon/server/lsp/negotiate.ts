/** What the client is told that the server can do: at once, or registered afterwards where it can take that. */
import { randomUUID } from "node:crypto";
import type { ClientCapabilities, Registration, ServerCapabilities } from "vscode-languageserver";
import type { Offer, Positions } from "./feature.ts";

export interface Negotiated {
  readonly capabilities: ServerCapabilities;
  readonly registrations: readonly Registration[];
}

/** Documents of other schemes (diffs, output, settings) are no files that Nexus could know. */
const SELECTOR = [{ scheme: "file" }, { scheme: "untitled" }];

export function negotiate(
  client: ClientCapabilities,
  offers: readonly Offer[],
  { encoding }: Pick<Positions, "encoding">,
): Negotiated {
  const later = offers.filter(({ method }) => isDynamic(client, method));
  const now = offers.filter((offer) => !later.includes(offer));
  const isOffered = general(client)?.["positionEncodings"] !== undefined;
  return {
    capabilities: {
      ...(isOffered ? { positionEncoding: encoding } : {}),
      textDocumentSync: { openClose: true, change: 2, save: { includeText: false } },
      workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      ...Object.fromEntries(now.map(({ capability, options }) => [capability, options])),
    },
    registrations: later.map(({ method, options }) => ({
      ...{ id: randomUUID(), method },
      registerOptions: method.startsWith("textDocument/") ? { documentSelector: SELECTOR, ...options } : options,
    })),
  };
}

/** "textDocument/hover" is `textDocument.hover.dynamicRegistration` of the client. */
function isDynamic(client: ClientCapabilities, method: string): boolean {
  let found: unknown = client;
  for (const name of [...method.split("/"), "dynamicRegistration"]) found = partOf(found, name);
  return found === true;
}

function general(client: ClientCapabilities): Record<string, unknown> | undefined {
  return typeof client.general === "object" && client.general !== null ? { ...client.general } : undefined;
}

function partOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  const entry = Object.entries(value).find(([key]) => key === name);
  return entry?.[1];
}
