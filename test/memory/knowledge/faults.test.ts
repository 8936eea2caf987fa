import { expect, it } from "vitest";
import type { Knowledge } from "../../../daemon/memory/knowledge/knowledge.ts";
import { FactStatus } from "../../../protocol/index.ts";
import { faultyConnections, SQLITE, sqliteError } from "../../store/faulty-connection.ts";
import { factOf, newFact, openKnowledge, WORKSPACE } from "./desk.ts";

const statusesOf = async (knowledge: Knowledge) =>
  (await knowledge.list(WORKSPACE, { limit: 9, filter: { statuses: [...FactStatus.options] } })).facts.map(
    ({ text, status }) => `${text} ${status}`,
  );

it("changes all or nothing, in memory as on disk, when the disk is full at any statement", {
  timeout: 60_000,
}, async () => {
  const before = ["old active"];
  const after = ["new active", "old retired"];
  for (let at = 1; ; at++) {
    const faults = faultyConnections();
    const desk = await openKnowledge({ connect: faults.connect });
    const { factId } = await factOf(desk.knowledge.remember(WORKSPACE, newFact({ text: "old" }), "Ada"));
    const start = faults.count;
    faults.before = (sql, number) => {
      if (number === start + at && !sql.startsWith("ROLLBACK")) throw sqliteError(SQLITE.full);
    };
    const replacing = newFact({ text: "new", supersedes: factId });
    const outcome = await desk.knowledge.remember(WORKSPACE, replacing, "Ada").catch(() => "failed");
    delete faults.before;
    const seen = await statusesOf(desk.knowledge);
    expect(seen).toEqual(outcome === "failed" ? before : after);
    expect((await desk.knowledge.find(WORKSPACE, "old new")).map(({ fact }) => `${fact.text} ${fact.status}`)).toEqual([
      seen[0],
    ]);
    expect(await statusesOf(await desk.reopen())).toEqual(seen);
    if (outcome !== "failed") return expect(at).toBeGreaterThan(4);
  }
});
