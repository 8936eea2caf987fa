/**
 * The second reading of a line, by tree-sitter-bash in wasm: it must agree with the first (read-script.ts) about where
 * commands begin. Two readings that were written apart are seldom fooled by the same text.
 */
import { join } from "node:path";
import { Language as Grammar, type Node, Parser } from "web-tree-sitter";
import { systemClock } from "../../host/clock.ts";
import { packageFolder } from "../../host/packages.ts";
import { readNow } from "../../host/sync-files.ts";

export interface LineTree {
  /** True when the parser met what it does not know. */
  readonly broken: boolean;
  /** Every command in the tree: where it begins, and its words as they stand in the line. */
  readonly commands: readonly { readonly start: number; readonly text: string; readonly words: readonly string[] }[];
}

/** Undefined where parsing took too long. */
export type LineParser = (line: string) => LineTree | undefined;

const PARSE_LIMIT_MS = 200;
const COMMAND_KINDS = ["command", "test_command", "declaration_command", "unset_command"];

let started: Promise<boolean> | undefined;

/**
 * `grammars`: the folder that the bundle has its grammars in; undefined, or without the files: they are taken from the
 * installed packages. Undefined when there is no parser on this machine.
 */
export async function createLineParser(grammars: string | undefined): Promise<LineParser | undefined> {
  const runtime = wasm(grammars, "web-tree-sitter.wasm", "web-tree-sitter");
  const bytes = wasm(
    grammars === undefined ? undefined : join(grammars, "bash"),
    "tree-sitter-bash.wasm",
    "tree-sitter-bash",
  );
  if (runtime === undefined || bytes === undefined) return undefined;
  started ??= Parser.init({ wasmBinary: runtime }).then(
    () => true,
    () => false,
  );
  if (!(await started)) return undefined;
  try {
    const parser = new Parser().setLanguage(await Grammar.load(bytes));
    return (line) => parse(parser, line);
  } catch {
    return undefined;
  }
}

function wasm(folder: string | undefined, file: string, name: string): Uint8Array | undefined {
  const bundled = folder === undefined ? undefined : readNow(join(folder, file));
  if (bundled !== undefined) return bundled;
  const installed = packageFolder(name);
  return installed === undefined ? undefined : readNow(join(installed, file));
}

function parse(parser: Parser, line: string): LineTree | undefined {
  const end = systemClock.monotonic() + PARSE_LIMIT_MS;
  const tree = parser.parse(line, null, { progressCallback: () => systemClock.monotonic() > end });
  if (tree === null) {
    parser.reset();
    return undefined;
  }
  try {
    const nodes = tree.rootNode.descendantsOfType(COMMAND_KINDS).filter((node) => node !== null);
    return { broken: tree.rootNode.hasError, commands: nodes.map(commandOf) };
  } finally {
    tree.delete();
  }
}

function commandOf(node: Node): LineTree["commands"][number] {
  const children = node.children.filter((child) => child !== null);
  const words = children.filter(({ type }) => type !== "variable_assignment" && !type.endsWith("redirect"));
  const first = node.type === "command" ? words[0] : children[0];
  return {
    // Tokens that are not named take the blanks before them along.
    start: first === undefined ? node.startIndex : first.startIndex + blanksBefore(first.text),
    text: node.text,
    words: words.map(({ text }) => text.trim()),
  };
}

function blanksBefore(text: string): number {
  return text.length - text.trimStart().length;
}
