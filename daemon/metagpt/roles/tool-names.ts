/** Tools that only roles have. */
export const WRITE_DOCUMENT = "write_document";
export const READ_DOCUMENT = "read_document";
export const PROJECT_TESTS = "project_tests";
export const CHECK_DESIGN = "check_design";
export const STALE_DOCUMENTS = "stale_documents";

/** A role that writes documents looks at code and changes none. */
export const DOCUMENT_TOOLS: readonly string[] = [
  READ_DOCUMENT,
  WRITE_DOCUMENT,
  "list_files",
  "read_file",
  "search_text",
  "search_code",
  "find_symbol",
  "recall",
];

export const NO_MORE_TOOLS = { small: [], question: [], planned: [] };
