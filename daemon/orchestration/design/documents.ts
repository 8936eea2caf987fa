/** Versions of design documents in a run's log: who wrote which, what it was made from, and what is out of date by it. */
import type { RunEventOf } from "../../../protocol/index.ts";
import { hashOf } from "../../host/files.ts";
import { type RunContext, record, stateOf } from "../run-context.ts";
import type { DescribedDocument, DesignPlace } from "./design-work.ts";

type Author = RunEventOf<"document.written">["by"];

export async function designPlace(context: Pick<RunContext, "store" | "runId">, root: string): Promise<DesignPlace> {
  const state = await context.store.events.state(context.runId);
  const inputs: Record<string, unknown> = JSON.parse(state?.workflow?.inputs ?? "{}");
  return {
    root,
    inputs,
    async stale() {
      const design = (await context.store.events.state(context.runId))?.design;
      const documents = new Set(design?.documents.map(({ path }) => path));
      return (design?.stale ?? []).map(({ subject }) => subject).filter((subject) => documents.has(subject));
    },
  };
}

/** What a finished call left of documents; `key` is the call's. Told once, also when a crash came between. */
export async function noteWritten(
  context: RunContext,
  { key, agent, root, changed }: { key: string; agent: string; root: string; changed: readonly string[] },
): Promise<void> {
  const design = await context.design?.();
  if (design === undefined || changed.length === 0) return;
  const place = await designPlace(context, root);
  for (const path of changed) {
    const eventKey = `document/${key}/${path}`;
    if ((await context.store.events.find(context.runId, eventKey)) !== undefined) continue;
    const found = await design.describe(place, path);
    if (found !== undefined) await recordWritten(context, eventKey, path, found, { kind: "role", name: agent });
  }
}

/** What of a run's context versions are told to. */
type Versions = Pick<RunContext, "store" | "runId" | "inTurn">;

/** One version more. What was made from another version of it is out of date. */
export function recordWritten(
  context: Versions,
  key: string,
  path: string,
  { kind, content, derivedFrom, problems }: DescribedDocument,
  by: Author,
): Promise<void> {
  return context.inTurn("documents", async () => {
    const before = (await stateOf(context)).design?.documents ?? [];
    const version = (before.find((other) => other.path === path)?.version ?? 0) + 1;
    const hash = hashOf(content);
    const written = {
      ...{ type: "document.written" as const, path, kind, version, artifact: hash, by },
      ...{ derivedFrom: derivedFrom.map((one) => ({ ...one })), problems: problems.map((one) => ({ ...one })) },
    };
    await record(context, written, key, [content]);
    const isOld = (source: { path: string; hash: string }) => source.path === path && source.hash !== hash;
    for (const other of before.filter((one) => one.path !== path && one.derivedFrom.some(isOld))) {
      const because = `${path} has a newer version, by ${by.name}.`;
      await record(
        context,
        { type: "design.stale", subject: other.path, because, taskId: null },
        `${key}/stale/${other.path}`,
      );
    }
  });
}
