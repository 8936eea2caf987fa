/** Helix: a language server in languages.toml, and its name in the list of each language. */
import { applyEdits, type Change, type Edit, lineEndOf } from "./change.ts";
import type { Start } from "./start.ts";
import { readToml, type TomlPair, type TomlTable, type TomlValue } from "./toml.ts";

/**
 * A list in the user's file takes the place of Helix's own, so Helix's own stand before ours: what its languages.toml of
 * July 2026 says. Servers that are not installed are passed over by Helix.
 */
const LANGUAGES: Readonly<Record<string, readonly string[]>> = {
  bash: ["bash-language-server"],
  c: ["clangd"],
  "c-sharp": ["roslyn-language-server", "omnisharp", "csharp-ls"],
  cpp: ["clangd"],
  go: ["gopls", "golangci-lint-lsp"],
  java: ["jdtls"],
  javascript: ["typescript-language-server"],
  jsx: ["typescript-language-server"],
  kotlin: ["kotlin-language-server"],
  php: ["intelephense"],
  python: ["ty", "ruff", "jedi", "pylsp", "zuban"],
  ruby: ["ruby-lsp", "solargraph"],
  rust: ["rust-analyzer"],
  swift: ["sourcekit-lsp"],
  tsx: ["typescript-language-server"],
  typescript: ["typescript-language-server"],
};

const SERVER = ["language-server", "nexus"] as const;

/** Everything, as a file of its own would have it. */
export function helixText(start: Start): string {
  const blocks = Object.entries(LANGUAGES).map(([name, servers]) => languageBlock(name, servers));
  return [serverTable(start), ...blocks].join("\n\n");
}

export function putIntoHelix(present: string | undefined, start: Start): Change {
  if (present === undefined || present.trim() === "") return { state: "missing", text: `${helixText(start)}\n` };
  const reading = readToml(present);
  if (!reading.ok) return { state: "unreadable", why: `It is not TOML (${reading.why}).` };
  const { tables } = reading;
  if (tables[0]?.pairs.some(({ key }) => key[0] === "language" || key[0] === "language-server") === true)
    return { state: "unreadable", why: "It has its languages in one value; Nexus adds only to tables." };
  const edits: Edit[] = [];
  const added: string[] = [];
  const end = lineEndOf(present);
  if (!putServer(tables, start, edits, end)) added.push(serverTable(start));
  for (const [name, servers] of Object.entries(LANGUAGES))
    if (!putLanguage(tables, name, servers, edits, end)) added.push(languageBlock(name, servers));
  if (edits.length === 0 && added.length === 0) return { state: "set" };
  const isNew = edits.every((edit) => edit.start === edit.end);
  const edited = applyEdits(present, edits);
  const gap = added.length === 0 ? "" : edited.endsWith("\n") ? end : `${end}${end}`;
  const text = `${edited}${gap}${added.map((block) => `${block}\n`.replaceAll("\n", end)).join(end)}`;
  const result = readToml(text);
  if (!result.ok) return { state: "unreadable", why: "No safe place for it was found." };
  return { state: isNew ? "missing" : "different", text };
}

/** False where there is no such server yet. */
function putServer(tables: readonly TomlTable[], start: Start, edits: Edit[], end: string): boolean {
  const table = tables.find(({ name }) => isSame(name, SERVER));
  const wanted = serverPairs(start);
  if (table === undefined) {
    const parent = tables.find(({ name }) => isSame(name, SERVER.slice(0, 1)));
    const pair = parent?.pairs.find(({ key }) => key[0] === SERVER[1]);
    if (pair === undefined) return false;
    const own = pair.value.kind === "table" ? pair.value.pairs : [];
    if (wanted.some(([key, value]) => !hasPair(own, key, value)))
      edits.push({
        ...placeOf(pair),
        text: `nexus = { ${wanted.map(([key, value]) => `${key} = ${value}`).join(", ")} }`,
      });
    return true;
  }
  for (const [key, value] of wanted) {
    const pair = table.pairs.find((candidate) => isSame(candidate.key, [key]));
    if (pair === undefined) edits.push({ start: table.end, end: table.end, text: `${end}${key} = ${value}` });
    else if (!isWritten(pair.value, value)) edits.push({ start: pair.value.start, end: pair.value.end, text: value });
  }
  return true;
}

/** False where the language has no block of its own yet. */
function putLanguage(
  tables: readonly TomlTable[],
  language: string,
  servers: readonly string[],
  edits: Edit[],
  end: string,
): boolean {
  const table = tables.find(
    ({ name, pairs }) =>
      isSame(name, ["language"]) && pairs.some(({ key, value }) => key[0] === "name" && isString(value, language)),
  );
  if (table === undefined) return false;
  const list = table.pairs.find(({ key }) => isSame(key, ["language-servers"]))?.value;
  if (list === undefined)
    edits.push({ start: table.end, end: table.end, text: `${end}language-servers = ${listOf(servers)}` });
  else if (list.kind === "array" && !list.items.some(isNexus)) {
    const last = list.items.at(-1);
    const place = last?.end ?? list.start + 1;
    edits.push({ start: place, end: place, text: last === undefined ? '"nexus"' : ', "nexus"' });
  }
  return true;
}

function isNexus(item: TomlValue): boolean {
  if (item.kind === "table") return item.pairs.some(({ key, value }) => key[0] === "name" && isString(value, "nexus"));
  return isString(item, "nexus");
}

function serverTable(start: Start): string {
  return ["[language-server.nexus]", ...serverPairs(start).map(([key, value]) => `${key} = ${value}`)].join("\n");
}

function serverPairs({ command, args, env }: Start): [key: string, value: string][] {
  const variables = Object.entries(env).map(([name, value]) => `${quoted(name)} = ${quoted(value)}`);
  return [
    ["command", quoted(command)],
    ["args", `[${args.map(quoted).join(", ")}]`],
    ...(variables.length === 0 ? [] : [["environment", `{ ${variables.join(", ")} }`] satisfies [string, string]]),
  ];
}

function languageBlock(name: string, servers: readonly string[]): string {
  return `[[language]]\nname = ${quoted(name)}\nlanguage-servers = ${listOf(servers)}`;
}

function listOf(servers: readonly string[]): string {
  return `[${[...servers, "nexus"].map(quoted).join(", ")}]`;
}

/** A basic string of TOML escapes what one of JSON does, and DEL. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll("\u007f", "\\u007f");
}

function hasPair(pairs: readonly TomlPair[], key: string, value: string): boolean {
  return pairs.some((pair) => isSame(pair.key, [key]) && isWritten(pair.value, value));
}

/** Whether a value means what this source says. */
function isWritten(value: TomlValue, source: string): boolean {
  const reading = readToml(`value = ${source}`);
  const wanted = reading.ok ? reading.tables[0]?.pairs[0]?.value : undefined;
  return wanted !== undefined && meaningOf(value) === meaningOf(wanted);
}

function meaningOf(value: TomlValue): string {
  switch (value.kind) {
    case "string":
      return JSON.stringify(value.value);
    case "array":
      return `[${value.items.map(meaningOf).join(",")}]`;
    case "table":
      return `{${value.pairs
        .map(({ key, value: inner }) => `${JSON.stringify(key)}:${meaningOf(inner)}`)
        .sort()
        .join(",")}}`;
    case "other":
      return value.source;
  }
}

function placeOf({ start, value }: TomlPair): { start: number; end: number } {
  return { start, end: value.end };
}

function isString(value: TomlValue, text: string): boolean {
  return value.kind === "string" && value.value === text;
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((part, index) => part === other[index]);
}
