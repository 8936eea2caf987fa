/** Every end that a process of MetaGPT can come to has its words; only one of them is a success. */
import { expect, it } from "vitest";
import { type FoundProject, judgeEnd, type ProcessEnd } from "../../../daemon/metagpt/adapter/outcome.ts";

const good: ProcessEnd = {
  ...{ reason: "ended", exitCode: 0, serialised: false, savedTeam: false, lastWords: "", detail: "" },
};
const document = (path: string, kind: "prd" | "system_design" | "task" | "prd_markdown") => ({
  path,
  kind,
  isBroken: false,
});
const project: FoundProject = {
  documents: [document("a", "prd"), document("b", "system_design"), document("c", "task")],
  ...{ sources: 1, changed: 5 },
};

it("is a success with all documents and a source file, and nothing less", () => {
  expect(judgeEnd(good, project, "classic")).toEqual({ ok: true });
  const mgx = { documents: [document("docs/prd.md", "prd_markdown")], sources: 0, changed: 1 };
  expect(judgeEnd(good, mgx, "mgx")).toEqual({ ok: true });
  const without = (kind: string) => ({ ...project, documents: project.documents.filter((one) => one.kind !== kind) });
  const lacking: readonly (readonly [FoundProject, string])[] = [
    [{ ...project, changed: 0 }, "wrote nothing"],
    [{ ...project, documents: [] }, "wrote no document"],
    [without("prd"), "did not write a PRD"],
    [without("system_design"), "did not write a system design"],
    [without("task"), "did not write a task list"],
    [{ ...project, sources: 0 }, "wrote no source file"],
  ];
  for (const [found, words] of lacking)
    expect(judgeEnd(good, found, "classic")).toMatchObject({ ok: false, reason: expect.stringContaining(words) });
});

it("says of every other end what it was, with the last that was printed", () => {
  const ends: readonly (readonly [Partial<ProcessEnd>, string])[] = [
    [{ reason: "not_started", detail: "ENOENT" }, "could not be started: ENOENT"],
    [{ reason: "unavailable", detail: "ImportError" }, "could not be started: ImportError"],
    [{ reason: "stopped", detail: "the run stops" }, "was stopped: the run stops"],
    [{ reason: "idle", detail: "quiet" }, "hung: quiet"],
    [{ reason: "overtime", detail: "360 minutes" }, "took longer than it may: 360 minutes"],
    [{ reason: "flooded", detail: "much" }, "printed without end: much"],
    [{ reason: "too_large", detail: "much" }, "wrote more than it may: much"],
    [{ serialised: true }, "failed inside"],
    [{ savedTeam: true }, "failed inside"],
    [{ exitCode: 1 }, "crashed: exit code 1"],
    [{ exitCode: null }, "crashed: a signal ended it"],
  ];
  for (const [change, words] of ends) {
    const judged = judgeEnd({ ...good, lastWords: "the end", ...change }, project, "classic");
    expect(judged).toMatchObject({ ok: false, reason: expect.stringContaining(words) });
    expect(judged).toMatchObject({ reason: expect.stringContaining("printed:\nthe end") });
  }
});
