/** textDocument/documentSymbol and workspace/symbol. */
import type { DocumentSymbol, Range, SymbolInformation, WorkspaceSymbol } from "vscode-languageserver";
import { TextDocument } from "vscode-languageserver-textdocument";
import * as z from "zod/mini";
import type { SymbolEntry } from "../../../protocol/index.ts";
import { type Face, type Feature, request } from "./feature.ts";
import { lastName, nameRangeOn, type OutlineNode, outlineOf, symbolKind, symbolsOf } from "./outline.ts";
import { DocumentParams, tokens } from "./params.ts";

const MOST_OF_A_FOLDER = 100;

const QueryParams = z.object({ query: z.string().check(z.maxLength(300)), ...tokens });
const ResolveParams = z.looseObject({
  name: z.string(),
  location: z.object({ uri: z.string() }),
  data: z.object({ line: z.int().check(z.gte(1)) }),
});

export function createSymbols(face: Face): Feature {
  if (!face.choices.symbols) return {};
  const { client, documents, folders, positions } = face;
  const isTree = client.capabilities.textDocument?.documentSymbol?.hierarchicalDocumentSymbolSupport === true;
  const resolvable = client.capabilities.workspace?.symbol?.resolveSupport?.properties;
  const isLazy = Array.isArray(resolvable) && resolvable.includes("location.range");

  async function ofDocument(uri: string, signal: AbortSignal): Promise<DocumentSymbol[] | SymbolInformation[]> {
    const place = folders.placeOf(uri);
    if (place === undefined) return [];
    await face.unsaved.told(uri);
    const entries = await symbolsOf(face, place, signal);
    const document = (await documents.read(uri)) ?? TextDocument.create(uri, "", 0, "");
    const outline = outlineOf(face, document, entries);
    return isTree ? outline.map(documentSymbol) : flat(outline, uri);
  }

  async function ofFolder(folder: string, query: string, signal: AbortSignal) {
    const wish = { workspace: folder, query, limit: MOST_OF_A_FOLDER };
    const { symbols } = await face.link.request("memory/symbols", wish, { signal });
    return symbols.map((entry) => symbolOf(folder, entry));
  }

  function symbolOf(folder: string, entry: SymbolEntry): SymbolInformation | WorkspaceSymbol {
    const { symbol, kind, path, line } = entry;
    const uri = folders.uriOf({ folder, path });
    const name = lastName(symbol);
    const around = symbol.slice(0, Math.max(0, symbol.length - name.length - 1));
    const about = { name, kind: symbolKind(kind), containerName: around === "" ? path : `${around} in ${path}` };
    if (isLazy) return { ...about, location: { uri }, data: { line } };
    const start = { line: line - 1, character: 0 };
    return { ...about, location: { uri, range: { start, end: start } } };
  }

  async function resolved(symbol: z.output<typeof ResolveParams>): Promise<object> {
    const { name, location, data } = symbol;
    const document = await documents.read(location.uri);
    const start = { line: data.line - 1, character: 0 };
    const range: Range =
      document === undefined ? { start, end: start } : nameRangeOn(positions, document, data.line - 1, name);
    return { ...symbol, location: { uri: location.uri, range } };
  }

  return {
    offers: [
      { method: "textDocument/documentSymbol", capability: "documentSymbolProvider", options: { label: "Nexus" } },
      { method: "workspace/symbol", capability: "workspaceSymbolProvider", options: { resolveProvider: isLazy } },
    ],
    requests: [
      request("textDocument/documentSymbol", DocumentParams, async ({ textDocument }, { signal }) =>
        ofDocument(textDocument.uri, signal),
      ),
      request("workspace/symbol", QueryParams, async ({ query, partialResultToken: token }, { signal }) => {
        const found: object[] = [];
        for (const folder of folders.all()) {
          const value = await ofFolder(folder, query, signal);
          if (token === undefined) found.push(...value);
          else await face.connection.sendNotification("$/progress", { token, value });
        }
        return found;
      }),
      request("workspaceSymbol/resolve", ResolveParams, resolved),
    ],
  };
}

function documentSymbol({ entry, name, range, nameRange, children }: OutlineNode): DocumentSymbol {
  return {
    name,
    detail: entry.signature,
    kind: symbolKind(entry.kind),
    range,
    selectionRange: nameRange,
    children: children.map(documentSymbol),
  };
}

function flat(nodes: readonly OutlineNode[], uri: string, containerName?: string): SymbolInformation[] {
  return nodes.flatMap(({ entry, name, range, children }) => [
    {
      ...{ name, kind: symbolKind(entry.kind), location: { uri, range } },
      ...(containerName === undefined ? {} : { containerName }),
    },
    ...flat(children, uri, entry.symbol),
  ]);
}
