/** A tool call in a person's words: what it does, on what. */

export interface ToolWords {
  readonly verb: string;
  readonly object: string;
  /** Commands and paths are shown as code. */
  readonly isCommand: boolean;
}

const VERBS: Readonly<Record<string, string>> = {
  list_files: "List",
  read_file: "Read",
  search_text: "Search",
  edit_file: "Edit",
  multi_edit: "Edit several files",
  apply_patch: "Apply a patch",
  move_file: "Move",
  write_file: "Write",
  delete_file: "Delete",
  run_command: "Run",
  command_output: "Look at command",
  stop_command: "Stop command",
  run_tests: "Run the tests",
  fetch_url: "Fetch",
  show_diff: "Look at the diff",
  propose_plan: "Propose a plan",
};

/** `input` is JSON text that a model wrote: it may not parse, and any field may be anything. */
export function toolWords(tool: string, input: string): ToolWords {
  const fields = inputFields(input);
  const command = text(fields, "command");
  const object =
    command ??
    text(fields, "query") ??
    text(fields, "pattern") ??
    text(fields, "path") ??
    text(fields, "from") ??
    text(fields, "url") ??
    text(fields, "id") ??
    "";
  return { verb: VERBS[tool] ?? tool.replaceAll("_", " "), object: oneLine(object), isCommand: command !== undefined };
}

export interface Edited {
  /** Left out where the call is about one file. */
  readonly path?: string;
  readonly search: string;
  readonly replace: string;
}

/** What an edit, or an edit of several files, replaces by what; empty for any other call. */
export function editsOf(input: string): Edited[] {
  return editsIn(inputFields(input));
}

function editsIn(fields: Map<string, unknown>, path?: string): Edited[] {
  const search = text(fields, "search");
  const replace = text(fields, "replace");
  if (search !== undefined && replace !== undefined)
    return [{ ...(path === undefined ? {} : { path }), search, replace }];
  const files = list(fields, "files").flatMap((file) => editsIn(file, text(file, "path")));
  return [...files, ...list(fields, "edits").flatMap((edit) => editsIn(edit, path))];
}

/** The unified diff of a call that applies one. */
export function patchOf(input: string): string | undefined {
  return text(inputFields(input), "patch");
}

/** The fields as they are to be shown; undefined when the input is not a JSON object (it may have been cut). */
export function prettyInput(input: string): string {
  try {
    return JSON.stringify(JSON.parse(input), null, 2);
  } catch {
    return input;
  }
}

function inputFields(input: string): Map<string, unknown> {
  try {
    return fieldsOf(JSON.parse(input));
  } catch {
    return new Map();
  }
}

function fieldsOf(value: unknown): Map<string, unknown> {
  return new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);
}

function list(fields: Map<string, unknown>, name: string): Map<string, unknown>[] {
  const value = fields.get(name);
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

function text(fields: Map<string, unknown>, name: string): string | undefined {
  const value = fields.get(name);
  return typeof value === "string" ? value : undefined;
}

function oneLine(value: string): string {
  const [first = "", ...rest] = value.split("\n");
  return rest.length === 0 ? first : `${first} …`;
}
