/**
 * Telling the daemon that the editor has a run's change: an edit that was handed over counts as taken when every document of
 * it that is open holds what the edit makes of it. Until then the run keeps the change.
 */
import { NexusError } from "../../../../protocol/errors.ts";
import { hashOf } from "../../../host/files.ts";
import type { Face } from "../feature.ts";
import { isSameText } from "./text-edits.ts";
import type { Expected } from "./workspace-edit.ts";

export interface Takes {
  /** The client was given the edit and may apply it, or not. */
  expect(runId: string, expected: readonly Expected[]): void;
  /** The client said that it applied the edit. */
  applied(runId: string, expected: readonly Expected[]): Promise<void>;
  stop(): void;
}

const MOST_EXPECTED = 50;

export function createTakes({ documents, link, connection }: Face): Takes {
  const waiting = new Map<string, readonly Expected[]>();
  const telling = new Set<string>();

  async function tell(runId: string, expected: readonly Expected[]): Promise<void> {
    if (telling.has(runId)) return;
    telling.add(runId);
    const files = expected.map(({ path, text, uri }) => {
      const now = text === null ? undefined : (documents.get(uri)?.getText() ?? text);
      return now === undefined ? { path } : { path, sha256: hashOf(now) };
    });
    try {
      const { conflicts } = await link.request("changes/taken", { runId, files });
      // The files may fit when they are saved.
      if (conflicts.length === 0) waiting.delete(runId);
      else keep(runId, expected);
    } catch (error) {
      // The editor has the change all the same: it is told with the next change or save of its documents.
      if (error instanceof NexusError && error.value.code === "daemon.unreachable") keep(runId, expected);
      else waiting.delete(runId);
      connection.console.log(`The change of run ${runId} was not noted as taken: ${String(error)}`);
    } finally {
      telling.delete(runId);
    }
  }

  function keep(runId: string, expected: readonly Expected[]): void {
    waiting.delete(runId);
    waiting.set(runId, expected);
    const [oldest] = waiting.keys();
    if (waiting.size > MOST_EXPECTED && oldest !== undefined) waiting.delete(oldest);
  }

  function look(uri: string): void {
    for (const [runId, expected] of waiting) {
      if (!expected.some((one) => one.uri === uri)) continue;
      const open = expected.flatMap(({ uri: each, text }) => {
        const document = documents.get(each);
        return document === undefined || text === null ? [] : [isSameText(document.getText(), text)];
      });
      if (open.length > 0 && open.every(Boolean)) void tell(runId, expected);
    }
  }

  const ends = [
    documents.onChange(({ uri }) => look(uri)),
    documents.onOpen(({ uri }) => look(uri)),
    documents.onSave(({ uri }) => look(uri)),
  ];
  return {
    expect: keep,
    applied: tell,
    stop() {
      for (const end of ends) end();
    },
  };
}
