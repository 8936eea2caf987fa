import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Isolation } from "../../../daemon/orchestration/changes/changes.ts";
import { addTask } from "../../../daemon/orchestration/team/added-task.ts";
import { integrateTask, startOf } from "../../../daemon/orchestration/team/integrate.ts";
import type { PlanTask } from "../../../protocol/index.ts";
import { contents, gitIn, gitState, write } from "../changes/fixture.ts";
import { planned, type Team, teamOn } from "./joined-team.ts";

const task = (team: Team, id: string) => {
  const found = team.state().then(({ plan }) => plan?.tasks.find((one) => one.id === id));
  return found.then((one) => one ?? planned(id));
};

async function integrate(team: Team, id: string, place: Isolation | undefined) {
  return integrateTask(team.context, { task: await task(team, id), place });
}

async function follow(team: Team, added: PlanTask, after: string): Promise<void> {
  await addTask(team.context, after, added, "test");
}

it("joins tasks one after the other, and records each once", async () => {
  const team = await teamOn({ "a.txt": "a\n" }, [planned("one"), planned("two")]);
  const before = { files: contents(team.workspace), git: gitState(team.workspace) };
  const [one, two] = [await team.work("one", { "b.txt": "b\n" }), await team.work("two", { "c.txt": "c\n" })];
  const both = await Promise.all([integrate(team, "one", one), integrate(team, "two", two)]);
  expect(both.map(({ kind }) => kind)).toEqual(["joined", "joined"]);
  expect(contents(team.root)).toEqual({ "a.txt": "a\n", "b.txt": "b\n", "c.txt": "c\n" });
  expect({ files: contents(team.workspace), git: gitState(team.workspace) }).toEqual(before);
  expect(await integrate(team, "one", one)).toEqual(both[0]);
  const merged = (await team.events()).filter(({ type }) => type === "task.merged");
  expect(merged).toMatchObject([
    { taskId: "one", files: ["b.txt"] },
    { taskId: "two", files: ["c.txt"] },
  ]);
  expect((await team.state()).tasks.map(({ mergedAs }) => mergedAs !== undefined)).toEqual([true, true]);
});

it("records what a task did alone, in the run's own copy", async () => {
  const team = await teamOn({ "a.txt": "a\n" }, [planned("one")]);
  write(team.root, { "a.txt": "changed\n" });
  expect(await integrate(team, "one", undefined)).toMatchObject({ kind: "joined", files: ["a.txt"] });
});

it("makes a task of a conflict, with what both sides wanted, that begins where both are marked", async () => {
  const tasks = [
    planned("one", { goal: "Greet in French." }),
    planned("two", { goal: "Greet loudly, not hunter2.", acceptance: { command: "true", expect: "pass" } }),
    planned("later", { dependsOn: ["two"] }),
  ];
  const team = await teamOn({ "greet.txt": "hello\n" }, tasks);
  const start = (await team.state()).isolation?.startCommit;
  const one = await team.work("one", { "greet.txt": "bonjour\n" }, start);
  const two = await team.work("two", { "greet.txt": "HELLO\n", "more.txt": "m\n" }, start);
  await integrate(team, "one", one);
  const met = await integrate(team, "two", two);
  expect(met).toMatchObject({
    kind: "conflicted",
    after: "two",
    task: { id: "join-two", agent: "coder", files: ["greet.txt"], acceptance: { command: "true" }, dependsOn: ["two"] },
  });
  if (met.kind !== "conflicted") throw new Error("no conflict");
  for (const part of ["Greet in French", "Greet loudly, not [secret]", "Did one.", "Did two.", "bonjour", "HELLO"])
    expect(met.task.goal).toContain(part);
  expect(met.task.goal.length).toBeLessThanOrEqual(2000);
  expect((await team.events()).at(-1)).toMatchObject({
    type: "merge.conflicted",
    ...{ taskId: "two", with: ["one"], paths: ["greet.txt"], resolvedBy: "join-two" },
  });
  // Asked again, as after a crash: the same task, and nothing recorded twice.
  expect(await integrate(team, "two", two)).toEqual(met);
  expect((await team.events()).filter(({ type }) => type === "merge.conflicted")).toHaveLength(1);
  expect(readFileSync(join(team.root, "greet.txt"), "utf8")).toBe("bonjour\n");
  await follow(team, met.task, met.after);
  const { plan } = await team.state();
  expect(plan?.tasks.find(({ id }) => id === "later")?.dependsOn).toEqual(["two", "join-two"]);
  const begin = await startOf(team.context, "join-two");
  const copy = await team.open("join-two", begin);
  expect(contents(copy.worktree)["greet.txt"]).toMatch(
    /<{11} nexus ours.*\nbonjour\n.*\nhello\n={11} nexus\nHELLO\n>/s,
  );
  const joined = await team.work("join-two", { "greet.txt": "BONJOUR\n" }, begin);
  expect(await integrate(team, "join-two", joined)).toMatchObject({ kind: "joined" });
  expect(contents(team.root)).toEqual({ "greet.txt": "BONJOUR\n", "more.txt": "m\n" });
});

it("ends with an explanation when two attempts met new conflicts, and loses nothing", async () => {
  const tasks = ["one", "two", "three", "four"].map((id) => planned(id));
  const team = await teamOn({ "a.txt": "a\n" }, tasks);
  const start = (await team.state()).isolation?.startCommit;
  const places = new Map<string, Isolation>();
  const work = async (id: string, at = start) => places.set(id, await team.work(id, { "a.txt": `${id}\n` }, at));
  for (const id of ["one", "two", "three", "four"]) await work(id);
  const join = async (id: string) => {
    const place = places.get(id);
    if (place === undefined) throw new Error(id);
    return integrate(team, id, place);
  };
  await join("one");
  let met = await join("two");
  for (const between of ["between-1", "between-2"]) {
    if (met.kind !== "conflicted") throw new Error("no conflict");
    await follow(team, met.task, met.after);
    await work(met.task.id, await startOf(team.context, met.task.id));
    // Meanwhile the run's copy goes on at the same place.
    await work(between, undefined);
    write(team.root, { "a.txt": `${between}\n` });
    const id = met.task.id;
    if (between === "between-2") {
      await expect(join(id)).rejects.toMatchObject({ value: { code: "merge.unresolved" } });
      break;
    }
    met = await join(id);
    expect(met).toMatchObject({ kind: "conflicted", task: { id: "join-two-2" } });
  }
  expect((await team.events()).at(-1)).toMatchObject({ type: "merge.conflicted", resolvedBy: null });
  expect(gitIn(team.workspace, "show", "refs/nexus/run-1/tasks/two:a.txt")).toBe("two\n");
  expect(gitIn(team.workspace, "show", "refs/nexus/run-1/tasks/join-two-2:a.txt")).toBe("join-two-2\n");
});

it("has the same outcome wherever it was cut off", async () => {
  const cuts = new Map<number, unknown>();
  for (let cut = 1; cut < 20; cut += 3) {
    const team = await teamOn({ "a.txt": "a\n" }, [planned("one"), planned("two")]);
    const start = (await team.state()).isolation?.startCommit;
    const one = await team.work("one", { "a.txt": "one\n" }, start);
    const two = await team.work("two", { "a.txt": "two\n" }, start);
    const wasCut = await team.cutAt(cut, async () => {
      await integrate(team, "one", one);
      await integrate(team, "two", two);
    });
    const outcome = [await integrate(team, "one", one), await integrate(team, "two", two)];
    expect(outcome).toMatchObject([{ kind: "joined" }, { kind: "conflicted", task: { id: "join-two" } }]);
    const recorded = (await team.events()).filter(({ type }) => /^(task.merged|merge.conflicted)$/.test(type));
    expect(recorded.map(({ type }) => type)).toEqual(["task.merged", "merge.conflicted"]);
    expect(contents(team.root)).toEqual({ "a.txt": "one\n" });
    if (!wasCut) break;
    cuts.set(cut, true);
  }
  expect(cuts.size).toBeGreaterThan(1);
}, 180_000);
