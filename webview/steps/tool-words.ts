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
  show_diff: "Look at the diff",
  propose_plan: "Propose a plan",
};

/** `input` is JSON text that a model wrote: it may not parse, and any field may be anything. */
export function toolWords(tool: string, input: string): ToolWords {
  const fields = inputFields(input);
  const command = text(fields, "command");
  const object =
    command ?? text(fields, "query") ?? text(fields, "pattern") ?? text(fields, "path") ?? text(fields, "from") ?? "";
  return { verb: VERBS[tool] ?? tool.replaceAll("_", " "), object: oneLine(object), isCommand: command !== undefined };
}

/** The replaced and the new text of an edit, if the call is one. */
export function editedText(input: string): { readonly search: string; readonly replace: string } | undefined {
  const fields = inputFields(input);
  const search = text(fields, "search");
  const replace = text(fields, "replace");
  return search === undefined || replace === undefined ? undefined : { search, replace };
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
    const value: unknown = JSON.parse(input);
    return new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);
  } catch {
    return new Map();
  }
}

function text(fields: Map<string, unknown>, name: string): string | undefined {
  const value = fields.get(name);
  return typeof value === "string" ? value : undefined;
}

function oneLine(value: string): string {
  const [first = "", ...rest] = value.split("\n");
  return rest.length === 0 ? first : `${first} …`;
}
