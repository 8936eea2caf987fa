/** A tool call as editors show it: what kind it is, where it works, and what it changes there. */
import { isAbsolute, join } from "node:path";
import type { ToolCallContent, ToolCallLocation, ToolKind } from "@agentclientprotocol/sdk";
import * as z from "zod/mini";

const KINDS: Readonly<Record<string, ToolKind>> = {
  list_files: "search",
  read_file: "read",
  read_result: "read",
  search_text: "search",
  search_code: "search",
  find_symbol: "search",
  find_tools: "search",
  find_agents: "search",
  recall: "search",
  diagnostics: "search",
  show_diff: "read",
  board_read: "read",
  edit_file: "edit",
  multi_edit: "edit",
  apply_patch: "edit",
  write_file: "edit",
  delete_file: "delete",
  move_file: "move",
  run_command: "execute",
  command_output: "execute",
  stop_command: "execute",
  run_tests: "execute",
  git: "execute",
  fetch_url: "fetch",
  ask_user: "other",
  todo: "think",
  remember: "think",
};

export function kindOf(tool: string): ToolKind {
  return KINDS[tool] ?? "other";
}

const Edits = z.array(z.object({ search: z.string(), replace: z.string() }));
const Input = z.object({
  path: z.optional(z.string()),
  from: z.optional(z.union([z.string(), z.number()])),
  to: z.optional(z.union([z.string(), z.number()])),
  content: z.optional(z.string()),
  edits: z.optional(Edits),
  files: z.optional(z.array(z.object({ path: z.string(), edits: Edits }))),
  patch: z.optional(z.string()),
  command: z.optional(z.string()),
  pattern: z.optional(z.string()),
  query: z.optional(z.string()),
  name: z.optional(z.string()),
  url: z.optional(z.string()),
});
type Input = z.infer<typeof Input>;

export interface CallView {
  readonly title: string;
  readonly kind: ToolKind;
  readonly locations: ToolCallLocation[];
  readonly content: ToolCallContent[];
  readonly rawInput: unknown;
}

const TITLE = 120;
const MOST_DIFFS = 50;

/** `inputText`: JSON as the model wrote it, which may be cut or no JSON at all. `root`: the folder that paths are shown in. */
export function viewOfCall(tool: string, inputText: string, root: string): CallView {
  const rawInput = parsed(inputText);
  const found = Input.safeParse(rawInput);
  const input = found.success ? found.data : {};
  const about = input.command ?? input.path ?? input.pattern ?? input.query ?? input.name ?? input.url ?? "";
  const moved = typeof input.from === "string" && typeof input.to === "string" ? `${input.from} → ${input.to}` : about;
  const title = moved === "" ? tool : `${tool}: ${oneLine(moved)}`;
  return {
    title,
    kind: kindOf(tool),
    locations: locationsOf(input, root),
    content: contentOf(tool, input, root),
    rawInput,
  };
}

function locationsOf({ path, from, to, files }: Input, root: string): ToolCallLocation[] {
  const line = typeof from === "number" ? { line: from } : {};
  const named = [
    path,
    ...[from, to].filter((end) => typeof end === "string"),
    ...(files ?? []).map((file) => file.path),
  ];
  return named.filter((name) => name !== undefined).map((name) => ({ path: placeOf(root, name), ...line }));
}

function contentOf(tool: string, { path, content, edits, files, patch }: Input, root: string): ToolCallContent[] {
  if (patch !== undefined) return [textContent(fenced(patch, "diff"))];
  if (tool === "write_file" && path !== undefined && content !== undefined)
    return [{ type: "diff", path: placeOf(root, path), oldText: null, newText: content }];
  const edited = [...(path === undefined || edits === undefined ? [] : [{ path, edits }]), ...(files ?? [])];
  const diffs = edited.flatMap((file) =>
    file.edits.map(({ search, replace }) => ({
      ...{ type: "diff" as const, path: placeOf(root, file.path), oldText: search, newText: replace },
    })),
  );
  return diffs.slice(0, MOST_DIFFS);
}

export function placeOf(root: string, path: string): string {
  return isAbsolute(path) ? path : join(root, path);
}

export function textContent(text: string): ToolCallContent {
  return { type: "content", content: { type: "text", text } };
}

/** As code that shows itself, whatever fences it holds. */
export function fenced(text: string, language = ""): string {
  const longest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text.replace(/\n$/, "")}\n${fence}`;
}

export function oneLine(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= TITLE ? line : `${line.slice(0, TITLE - 1)}…`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
