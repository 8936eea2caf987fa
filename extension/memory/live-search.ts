/** Searching while somebody types: waits for a pause, asks every folder, and gives up what is no longer wanted. */
import type { ErrorValue } from "../../protocol/errors.ts";
import type { SearchMode } from "../../protocol/memory-search.ts";
import type { Answer, Params } from "../../protocol/messages.ts";
import { errorOf } from "../error-of.ts";
import type { Folder, FoundCode } from "./memory.ts";

export interface LiveAnswer {
  readonly query: string;
  readonly mode: SearchMode;
  readonly found: readonly FoundCode[];
  /** What was missing or failed, one sentence each. */
  readonly notes: readonly string[];
}

export interface LiveSearchOptions {
  readonly folders: readonly Folder[];
  readonly delayMs: number;
  readonly ask: (params: Params<"memory/search">, signal: AbortSignal) => Promise<Answer<"memory/search">>;
  readonly onBusy: (busy: boolean) => void;
  readonly onAnswer: (answer: LiveAnswer) => void;
}

const RESULTS = 30;

export class LiveSearch {
  readonly #options: LiveSearchOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: AbortController | undefined;

  constructor(options: LiveSearchOptions) {
    this.#options = options;
  }

  /** What is typed now; the answer to anything earlier is not wanted any more. */
  set(query: string, mode: SearchMode): void {
    this.stop();
    if (query.trim() === "") {
      this.#options.onAnswer({ query, mode, found: [], notes: [] });
      return;
    }
    const running = new AbortController();
    this.#running = running;
    this.#options.onBusy(true);
    this.#timer = setTimeout(() => void this.#search(query.trim(), mode, running.signal), this.#options.delayMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#running?.abort();
    this.#running = undefined;
    this.#options.onBusy(false);
  }

  async #search(query: string, mode: SearchMode, signal: AbortSignal): Promise<void> {
    const { folders, ask, onBusy, onAnswer } = this.#options;
    const answers = await Promise.all(
      folders.map(async (folder) => {
        try {
          return { folder, answer: await ask({ workspace: folder.path, query, mode, limit: RESULTS }, signal) };
        } catch (error) {
          return { folder, error: errorOf(error) };
        }
      }),
    );
    if (signal.aborted) return;
    onBusy(false);
    onAnswer({ query, mode, found: merged(answers), notes: [...new Set(answers.flatMap(notesOf))] });
  }
}

type FolderAnswer =
  | { readonly folder: Folder; readonly answer: Answer<"memory/search"> }
  | { readonly folder: Folder; readonly error: ErrorValue };

/** Scores of two answers cannot be compared, so the folders take turns. */
function merged(answers: readonly FolderAnswer[]): FoundCode[] {
  const lists = answers.map((each) =>
    "error" in each ? [] : each.answer.results.map((result) => ({ folder: each.folder, result })),
  );
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, rank) => lists.flatMap((list) => list[rank] ?? [])).flat();
}

function notesOf(each: FolderAnswer): string[] {
  if ("error" in each) return [`${each.error.message} ${each.error.hint}`];
  const { degraded, stale } = each.answer;
  return stale === null ? degraded : [...degraded, `${stale.files} changed files are not read again yet.`];
}
