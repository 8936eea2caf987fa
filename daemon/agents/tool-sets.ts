/** Tools that several agents are offered. */

export const READING = ["list_files", "read_file", "search_text", "search_code", "find_symbol"];

export const CHANGING = [
  ...READING,
  "edit_file",
  "multi_edit",
  "apply_patch",
  "write_file",
  "move_file",
  "delete_file",
  "run_command",
  "show_diff",
];

/** For a question: what is looked up beyond the files as they are. */
export const ASKING = ["git", "recall", "fetch_url"];

/** For a task of a plan. */
export const PLANNED = [
  "run_tests",
  "diagnostics",
  "git",
  "git_record",
  "ask_user",
  "todo",
  "delegate",
  "recall",
  "remember",
  "fetch_url",
  "command_output",
  "stop_command",
];

/** For an agent that changes files, with the tools of its field. */
export function changingTools(field: readonly string[]) {
  return { tools: CHANGING, moreTools: { small: [], question: ASKING, planned: [...PLANNED, ...field] } };
}

/** What every role of a procedure has beside its own; made by those who know documents. */
export const ROLE_TOOLS = { reading: ["read_document"], writing: ["read_document", "write_document"] };
