/**
 * The yardstick: native tree-sitter alone, one thread, the files read and parsed and nothing else. A program of its own:
 * standard input names the grammars' folder and the files, one a line; it prints {"ms", "files", "bytes"}.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { loadLanguages } from "../../daemon/memory/code/languages.ts";

interface Parser {
  setLanguage(language: unknown): void;
  parse(text: string, previous: null, options: { bufferSize: number }): unknown;
}

const require = createRequire(import.meta.url);
const Native: new () => Parser = require("tree-sitter");
const [folder = "", ...files] = readFileSync(0, "utf8").trim().split("\n");
const languages = loadLanguages(folder);
const parsers = new Map<string, Parser>();

function parserOf(path: string): Parser | undefined {
  const language = languages.languageOf(path);
  const { grammar } = language ?? {};
  if (language === undefined || grammar?.native !== true) return undefined;
  const known = parsers.get(language.name);
  if (known !== undefined) return known;
  const part = require(grammar.package);
  const parser = new Native();
  parser.setLanguage(grammar.export === undefined ? part : part[grammar.export]);
  parsers.set(language.name, parser);
  return parser;
}

for (const file of files.slice(0, 200)) parserOf(file)?.parse("", null, { bufferSize: 64 });
const startedAt = performance.now();
let bytes = 0;
let parsed = 0;
for (const file of files) {
  const parser = parserOf(file);
  if (parser === undefined) continue;
  const text = readFileSync(file, "utf8");
  parser.parse(text, null, { bufferSize: text.length + 1 });
  bytes += text.length;
  parsed++;
}
process.stdout.write(JSON.stringify({ ms: performance.now() - startedAt, files: parsed, bytes }));
