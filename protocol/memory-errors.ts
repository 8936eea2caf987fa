/** The part of the error catalogue that is about code memory and knowledge. */
import type { ErrorEntry } from "./error-entry.ts";

export const MEMORY_ERRORS = {
  "vectors.unavailable": {
    message: "The vectors cannot be searched or stored at present.",
    hint: "Search goes on without them. The message says what is missing; it is tried again by itself.",
  },
  "vectors.invalid": {
    message: "These vectors cannot be stored or searched for.",
    hint: "The embedding model answered with something else than it promised: try another model.",
  },
  "vectors.damaged": {
    message: "A file of the code memory is damaged.",
    hint: "`nexus index` builds it anew; files that are part of Nexus come back by installing it again.",
  },
  "memory.unknown_fact": {
    message: "There is no such fact.",
    hint: "`nexus memory list` shows them with their ids.",
  },
  "memory.fact_changed": {
    message: "The fact has changed since it was shown.",
    hint: "Look at it again, then repeat the edit.",
  },
  "memory.fact_invalid": {
    message: "The fact cannot be kept as it is.",
    hint: "The message says which part does not fit.",
  },
  "memory.fact_secret": {
    message: "The fact holds something that looks like a key or a password, so it was not kept.",
    hint: "Say where the secret is kept instead of what it is.",
  },
  "memory.facts_full": {
    message: "No more facts can be kept here.",
    hint: "`nexus memory export` keeps a copy; `nexus memory forget ID --purge` makes room.",
  },
  "memory.fact_retired": {
    message: "The fact is retired.",
    hint: "Remember it anew if it holds again: `nexus memory add`.",
  },
  "memory.unavailable": {
    message: "Code memory cannot be used.",
    hint: "Runs go on without it. `nexus doctor` and `nexus daemon logs` show what is wrong.",
    action: "runDoctor",
  },
  "memory.index_failed": {
    message: "The workspace could not be indexed.",
    hint: "What was indexed before is kept. `nexus index --rebuild` begins anew; `nexus daemon logs` has the details.",
    action: "showLogs",
  },
  "memory.unknown_path": {
    message: "The index holds no such file.",
    hint: "It may be ignored, binary or too large: `nexus memory status` counts what was skipped and why.",
  },
  "memory.unknown_symbol": {
    message: "The index holds no such symbol.",
    hint: "`nexus search --mode symbol NAME` finds names that are alike.",
  },
  "memory.ambiguous_symbol": {
    message: "Several symbols have this name.",
    hint: "Name one of those that are listed, as `path#Container.name` or `path:line`.",
  },
  "memory.unknown_branch": {
    message: "No such branch is indexed.",
    hint: "Check it out in a worktree of its own (`git worktree add`) and index that, or leave the branch out.",
  },
  "memory.bad_pattern": {
    message: "The regular expression cannot be used.",
    hint: "It follows JavaScript's syntax; escape ( [ { . * + ? ^ $ | \\ with a backslash to find them as they are.",
  },
  "memory.bad_cursor": {
    message: "The page asked for does not exist any more.",
    hint: "The index has changed since; ask again from the first page.",
  },
  "memory.embedder_unavailable": {
    message: "The embedding model cannot be used.",
    hint: "Search goes on without vectors. Check the model's name, address and key, or choose the built-in table.",
    action: "openSettings",
  },
  "memory.store_unavailable": {
    message: "The vector store cannot be used.",
    hint: "Search goes on without it. Check that it runs and that its address is right, or choose usearch, which needs no server.",
    action: "openSettings",
  },
  "memory.not_embedding": {
    message: "No vectors are being built for this workspace.",
    hint: "`nexus memory embed start` begins.",
  },
  "memory.history_missing": {
    message: "There is not enough git history to learn from.",
    hint: "Learning needs some hundred commits; search works without it.",
  },
} as const satisfies Record<string, ErrorEntry>;
