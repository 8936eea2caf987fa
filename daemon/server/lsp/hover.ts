/** textDocument/hover: who uses this, what changed with it, which tests cover it. */
import type { Hover } from "vscode-languageserver";
import type { Answer, SymbolUse } from "../../../protocol/index.ts";
import { orNothing } from "./errors.ts";
import { type Face, type Feature, request } from "./feature.ts";
import { block, code, words } from "./markup.ts";
import { aboutName, nameAt } from "./name-at.ts";
import { PlaceParams } from "./params.ts";

type About = Answer<"memory/about">;
type Mark = { readonly code: (text: string) => string; readonly words: (text: string) => string };

const MARKDOWN: Mark = { code, words };
const PLAIN: Mark = { code: (text) => text, words: (text) => text };
const MOST_LINES = 5;

export function createHover(face: Face): Feature {
  if (!face.choices.hover) return {};
  const formats: unknown = face.client.capabilities.textDocument?.hover?.contentFormat;
  const isMarkdown = Array.isArray(formats) && formats.includes("markdown");

  async function hover(
    uri: string,
    position: { line: number; character: number },
    signal: AbortSignal,
  ): Promise<Hover | null> {
    const document = face.documents.get(uri);
    const found = document === undefined ? undefined : nameAt(face, document, position);
    if (document === undefined || found === undefined) return null;
    const about = await orNothing(face, aboutName(face, uri, found, { signal }));
    if (about === undefined || about.confidence === "possible") return null;
    const value = hoverText(about, isMarkdown ? MARKDOWN : PLAIN, isMarkdown ? document.languageId : undefined);
    return { contents: { kind: isMarkdown ? "markdown" : "plaintext", value }, range: found.range };
  }

  return {
    offers: [{ method: "textDocument/hover", capability: "hoverProvider", options: {} }],
    requests: [
      request("textDocument/hover", PlaceParams, async ({ textDocument: { uri }, position }, { signal }) =>
        hover(uri, position, signal),
      ),
    ],
  };
}

/** `language` is left out where the text is not Markdown. */
function hoverText(about: About, mark: Mark, language: string | undefined): string {
  const [first] = about.definitions;
  if (first === undefined) return "";
  const where = `${first.kind} in ${mark.code(`${first.path}:${first.line}`)}`;
  const sections = [
    language === undefined ? first.signature : block(first.signature, language),
    first.doc === "" ? "" : mark.words(first.doc),
    `${about.confidence === "certain" ? "" : "Probably the "}${where}`,
    usesText(about, mark),
    testsText(about, mark),
    historyText(about, mark),
  ];
  return sections.filter((section) => section !== "").join("\n\n");
}

function usesText({ total, files, complete, uses }: About, mark: Mark): string {
  if (total === 0) return complete ? "No use found." : "";
  const least = complete ? "" : "at least ";
  const head = `Used ${least}${counted(total, "time")} in ${counted(files, "file")}:`;
  return [head, ...uses.slice(0, MOST_LINES).map((use) => `- ${useText(use, mark)}`)].join("\n");
}

function useText({ path, line, within, isSure }: SymbolUse, mark: Mark): string {
  const around = within === null ? "" : ` in ${mark.code(within)}`;
  return `${mark.code(`${path}:${line}`)}${around}${isSure ? "" : " (probably)"}`;
}

function testsText({ tests }: About, mark: Mark): string {
  if (tests.length === 0) return "No test found that covers it.";
  const listed = tests.slice(0, MOST_LINES).map(({ path, why }) => `- ${mark.code(path)}: ${mark.words(why)}`);
  return [`Covered by ${counted(tests.length, "test file")}:`, ...listed].join("\n");
}

function historyText({ commits, changedWith }: About, mark: Mark): string {
  const [last] = commits;
  const together = changedWith
    .slice(0, MOST_LINES)
    .map(({ path, commits: count }) => `- ${mark.code(path)}: ${counted(count, "commit")}`);
  return [
    ...(together.length === 0 ? [] : ["Its file changed together with:", ...together]),
    ...(last === undefined
      ? []
      : [`Last changed ${last.at.slice(0, 10)} by ${mark.words(last.author)}: ${mark.words(last.subject)}`]),
  ].join("\n");
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
