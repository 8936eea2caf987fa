/** textDocument/references and textDocument/definition, where no other server answers them. */
import type { Location } from "vscode-languageserver";
import type { TextDocument } from "vscode-languageserver-textdocument";
import * as z from "zod/mini";
import { answersReferences } from "./choices.ts";
import { type Face, type Feature, request } from "./feature.ts";
import { aboutName, type NameAt, nameAt } from "./name-at.ts";
import { lastName, nameRangeOn } from "./outline.ts";
import { PlaceParams } from "./params.ts";

const MOST = 500;
const ReferenceParams = z.extend(PlaceParams, { context: z.object({ includeDeclaration: z.boolean() }) });

export function createReferences(face: Face): Feature {
  if (face.choices.references === "never") return {};

  async function about(uri: string, position: { line: number; character: number }, signal: AbortSignal, limit: number) {
    const document = face.documents.get(uri);
    if (document === undefined || !answersReferences(face.choices, document.languageId)) return undefined;
    const found = nameAt(face, document, position);
    const answer = found === undefined ? undefined : await aboutName(face, uri, found, { signal, limit });
    return found === undefined || answer === undefined ? undefined : { found, answer };
  }

  /** Each file is read once. */
  function locations({ place }: NameAt, spots: readonly Spot[]): Promise<Location[]> {
    const read = new Map<string, Promise<TextDocument | undefined>>();
    return Promise.all(
      spots.map(async ({ path, line, name }) => {
        const uri = face.folders.uriOf({ folder: place.folder, path });
        const reading = read.get(uri) ?? face.documents.read(uri);
        read.set(uri, reading);
        const document = await reading;
        const start = { line: line - 1, character: 0 };
        if (document === undefined) return { uri, range: { start, end: start } };
        return { uri, range: nameRangeOn(face.positions, document, line - 1, name) };
      }),
    );
  }

  return {
    offers: [
      { method: "textDocument/references", capability: "referencesProvider", options: {} },
      { method: "textDocument/definition", capability: "definitionProvider", options: {} },
    ],
    requests: [
      request("textDocument/references", ReferenceParams, async (params, { signal }) => {
        const { textDocument, position, context } = params;
        const known = await about(textDocument.uri, position, signal, MOST);
        if (known === undefined) return [];
        const { found, answer } = known;
        const [first] = answer.definitions;
        const declared =
          context.includeDeclaration && first !== undefined ? [{ path: first.path, line: first.line }] : [];
        const spots = [...declared, ...answer.uses].map(({ path, line }) => ({ path, line, name: found.name }));
        return locations(found, unique(spots));
      }),
      request("textDocument/definition", PlaceParams, async ({ textDocument, position }, { signal }) => {
        const known = await about(textDocument.uri, position, signal, 0);
        const definitions = known?.answer.definitions ?? [];
        if (known === undefined) return [];
        return locations(
          known.found,
          definitions.map(({ path, line, symbol }) => ({ path, line, name: lastName(symbol) })),
        );
      }),
    ],
  };
}

interface Spot {
  readonly path: string;
  readonly line: number;
  readonly name: string;
}

function unique(spots: readonly Spot[]): Spot[] {
  return [...new Map(spots.map((spot) => [`${spot.path}:${spot.line}`, spot])).values()];
}
