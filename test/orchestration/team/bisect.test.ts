import * as fc from "fast-check";
import { expect, it } from "vitest";
import { firstBad } from "../../../daemon/orchestration/team/bisect.ts";
import { type Integrated, integrateTask } from "../../../daemon/orchestration/team/integrate.ts";
import { contents } from "../changes/fixture.ts";
import { planned, type Team, teamOn } from "./joined-team.ts";

/** Fails when any file says so, and tells how often it ran. */
const PROJECT = {
  "package.json": '{"type":"module","scripts":{"test":"node --test check.test.js"}}\n',
  "check.test.js": `import { readFileSync, readdirSync } from "node:fs";
import test from "node:test";
test("nothing is broken", () => {
  for (const name of readdirSync("."))
    if (name.endsWith(".txt") && readFileSync(name, "utf8").includes("broken")) throw new Error(name);
});
test("old", () => {
  if (readdirSync(".").includes("old-trouble")) throw new Error("it was like that");
});
`,
};

/** All are joined before any test runs, as when they finish together. */
async function joinAll(team: Team, files: Readonly<Record<string, string>>): Promise<Integrated[]> {
  const { plan } = await team.state();
  const places = [];
  for (const [id, text] of Object.entries(files)) {
    const task = plan?.tasks.find((one) => one.id === id) ?? planned(id);
    places.push({ task, place: await team.work(id, { [`${id}.txt`]: text }) });
  }
  return Promise.all(places.map((one) => integrateTask(team.context, one)));
}

it("finds the first bad state in about log2 tries", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 500 }), fc.nat(), async (last, random) => {
      const culprit = 1 + (random % last);
      let tries = 0;
      const isBad = async (index: number) => {
        tries += 1;
        return index >= culprit;
      };
      expect(await firstBad(last, isBad)).toBe(culprit);
      expect(tries).toBeLessThanOrEqual(Math.ceil(Math.log2(last)));
    }),
  );
  expect(await firstBad(8, async () => undefined)).toBeUndefined();
  expect(await firstBad(0, async () => true)).toBeUndefined();
});

it("names the task that broke the tests, in a copy made for it, and makes a task to mend it", async () => {
  const ids = ["one", "two", "three", "four"];
  const team = await teamOn(
    PROJECT,
    ids.map((id) => planned(id)),
  );
  const outcomes = await joinAll(team, { one: "fine", two: "fine", three: "broken", four: "fine" });
  expect(outcomes.map(({ kind }) => kind)).toEqual(["joined", "joined", "joined", "regressed"]);
  expect(outcomes.at(-1)).toMatchObject({
    after: "three",
    task: { id: "mend-three", agent: "coder", files: ["three.txt"], dependsOn: ["three"] },
  });
  const regression = (await team.events()).find(({ type }) => type === "regression.found");
  expect(regression).toMatchObject({ taskId: "three", tests: [expect.stringContaining("nothing is broken")] });
  expect(regression).toHaveProperty("tried", 3);
  expect(Object.keys(contents(team.root)).sort()).toContain("four.txt");
  // The task to mend it does so, and the whole passes.
  const mended = await integrateTask(team.context, {
    task: planned("mend-three"),
    place: await team.work("mend-three", { "three.txt": "mended" }),
  });
  expect(mended).toMatchObject({ kind: "joined" });
  expect((await team.state()).verification?.evidence).toMatchObject({ satisfied: true });
}, 180_000);

it("blames nobody for what failed before, and sees what is new beside it", async () => {
  const team = await teamOn({ ...PROJECT, "old-trouble": "" }, [planned("one"), planned("two")]);
  expect(await joinAll(team, { one: "fine" })).toMatchObject([{ kind: "joined" }]);
  expect((await team.events()).some(({ type }) => type === "regression.found")).toBe(false);
  expect(await joinAll(team, { two: "broken" })).toMatchObject([{ kind: "regressed", after: "two" }]);
}, 180_000);

it("does not run the tests twice on the same files", async () => {
  const team = await teamOn(PROJECT, [planned("one"), planned("two")]);
  await joinAll(team, { one: "fine" });
  await joinAll(team, {});
  const ran = async () => (await team.events()).filter(({ type }) => type === "tests.reported").length;
  expect(await ran()).toBe(1);
  const place = await team.work("two", {});
  await integrateTask(team.context, { task: planned("two"), place });
  expect(await ran()).toBe(1);
}, 180_000);
