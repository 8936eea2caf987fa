/** Facts as lines that people can read and compare. */
import type { FileFacts } from "../../../daemon/memory/code/facts.ts";

export function factsText({ language, symbols, references, imports, broken }: FileFacts): string {
  const name = (place: number): string => (place < 0 ? "-" : (symbols[place]?.name ?? "?"));
  return [
    `${language}${broken ? ", broken" : ""}`,
    "",
    ...symbols.map(
      ({ kind, name: own, startLine, endLine, line, column, parent, signature, doc }) =>
        `${startLine}-${endLine} ${kind} ${own} in ${name(parent)} at ${line}:${column} | ${signature} | ${doc}`,
    ),
    "",
    ...references.map(({ kind, name: used, line, within }) => `${line} ${kind} ${used} in ${name(within)}`),
    "",
    ...imports.map(({ target, names, line }) => `${line} import ${target} (${names.join(", ")})`),
    "",
  ].join("\n");
}
