/** docs/languages.md, from the folders in grammars/. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { SYMBOL_KINDS } from "../../daemon/memory/code/facts.ts";
import { type Language, loadLanguages } from "../../daemon/memory/code/languages.ts";

const INTRODUCTION = `# Languages

What Nexus reads of a repository's files. A language is one folder in \`grammars/\`: \`language.json\` says which files are its own
and how its words, comments and strings look, \`tags.scm\` is the tree-sitter query for its definitions and imports. A new
language is a new folder and no code.

*Native* is tree-sitter's own parser in the daemon's worker threads; *wasm* is the same grammar in WebAssembly, for machines on
which the native one is not installed or does not load. Both give the same symbols. Where neither loads the file is plain text: it
is found by its words, not by its symbols. So is a file of more than 1 MiB, one whose lines are 1000 characters long on the average
(minified code), and one that takes its parser more than a second.

References (calls, types, bases, uses) are read from the words outside of comments and strings; code that is not whole gives what
can be read of it. Definitions are looked for down to the depth that is given for each language, which leaves out what is nested
deep within functions.
`;

export function languagePage(): string {
  const { all } = loadLanguages(fileURLToPath(new URL("../../grammars", import.meta.url)));
  const rows = all.toSorted((a, b) => a.title.localeCompare(b.title, "en")).map(row);
  const head = [
    "| language | files | parsers | symbols | imports | references | depth |",
    "|---|---|---|---|---|---|---|",
  ];
  return [INTRODUCTION, ...head, ...rows].join("\n");
}

function row(language: Language): string {
  const { title, endings, fileNames, shebangs, tags, lexer, depth, grammar } = language;
  const files = [...endings, ...fileNames, ...shebangs.map((program) => `#!${program}`)];
  const kinds = SYMBOL_KINDS.filter((kind) => tags.includes(`@definition.${kind}`));
  const cells = [
    title,
    files.map((file) => `\`${file}\``).join(" "),
    parsers(language),
    kinds.join(", "),
    tags.includes("@import.target") || (lexer?.importCalls.length ?? 0) > 0 ? "yes" : "",
    lexer === undefined ? "" : "yes",
    grammar === undefined ? "" : String(depth),
  ];
  return `| ${cells.join(" | ")} |`;
}

function parsers({ grammar }: Language): string {
  if (grammar === undefined) return "plain: no package brings a grammar that loads";
  const engines = [grammar.native ? "native" : "", grammar.wasm === undefined ? "" : "wasm"].filter(Boolean);
  const words = `${engines.join(", ")} (${grammar.package})`;
  return OWN_PACKAGES.includes(`"${grammar.package}":`) ? words : `plain; ${words} once you install that package`;
}

/** Packages that come with Nexus. */
const OWN_PACKAGES = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
