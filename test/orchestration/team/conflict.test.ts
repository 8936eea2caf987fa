/** Two scripted agents that meet in one file although their plan did not say so, or break what worked: the whole engine. */
import { afterEach, expect, it } from "vitest";
import { type Engine, startEngine } from "../../support/engine.ts";
import { bodies, call, createGate, GOAL, isFor, planned, task, turns } from "./fixture.ts";

let engine: Engine;

afterEach(async () => {
  expect(engine.logged).toEqual([]);
  await engine.close();
});

/** Nobody is answered before both have asked, so that they work side by side. */
function together(...ids: string[]) {
  const gate = createGate();
  const waiting = new Set<string>();
  return (conversation: Parameters<typeof isFor>[0]) => {
    const id = ids.find((one) => isFor(conversation, one, 0));
    if (id === undefined) return undefined;
    waiting.add(id);
    if (waiting.size === ids.length) gate.open();
    return gate.passed;
  };
}

const write = (path: string, content: string) => call("write_file", { path, content });

it("joins what met by a task of its own, before what depends on it begins", async () => {
  engine = await startEngine({
    files: { "a-file.txt": "there\n" },
    hold: together("a", "b"),
    script: [
      ...planned(task("a"), task("b"), task("c", { dependsOn: ["a", "b"] })),
      ...turns("a", write("greet.txt", "bonjour\n"), { text: "French now." }),
      ...turns("b", write("greet.txt", "HELLO\n"), { text: "Loud now." }),
      ...["join-a", "join-b"].flatMap((id) =>
        turns(
          id,
          { text: "It is joined." },
          call("read_file", { path: "greet.txt" }),
          write("greet.txt", "BONJOUR\n"),
          { text: "Loud and French." },
        ),
      ),
      ...turns("c", write("c.txt", "c\n"), { text: "c is done." }),
    ],
  });
  const runId = await engine.start(GOAL, { autoApply: true });
  const state = await engine.ended(runId);
  expect(state).toMatchObject({ status: "done", error: null });
  expect(engine.read("greet.txt")).toBe("BONJOUR\n");
  const events = await engine.events(runId);
  const [conflict] = bodies(events, "merge.conflicted");
  const join = conflict?.resolvedBy ?? "";
  expect(conflict).toMatchObject({ paths: ["greet.txt"] });
  expect(state.tasks.map(({ id, status }) => [id, status])).toEqual([
    ["a", "done"],
    ["b", "done"],
    ["c", "done"],
    [join, "done"],
  ]);
  expect(state.plan?.tasks.find(({ id }) => id === "c")?.dependsOn).toContain(join);
  // It said that it was done while the marks were still there, and was sent back.
  expect(state.tasks.find(({ id }) => id === join)?.steps).toBe(4);
}, 180_000);

it("has the task that broke the tests mended", async () => {
  const check =
    'import { existsSync, readFileSync } from "node:fs";\nif (existsSync("b.txt") && readFileSync("b.txt", "utf8") === "broken\\n") process.exit(1);\n';
  engine = await startEngine({
    files: { "package.json": '{"type":"module","scripts":{"test":"node check.js"}}\n', "check.js": check },
    hold: together("a", "b"),
    script: [
      ...planned(task("a"), task("b")),
      ...turns("a", write("a.txt", "a\n"), { text: "a is done." }),
      ...turns("b", write("b.txt", "broken\n"), { text: "b is done." }),
      ...turns("mend-b", call("read_file", { path: "b.txt" }), write("b.txt", "mended\n"), { text: "It is mended." }),
    ],
  });
  const runId = await engine.start(GOAL, { autoApply: true });
  const state = await engine.ended(runId);
  expect(state).toMatchObject({ status: "done", error: null, verification: { evidence: { satisfied: true } } });
  expect(bodies(await engine.events(runId), "regression.found")).toMatchObject([
    { taskId: "b", repair: { id: "mend-b" } },
  ]);
  expect(engine.read("b.txt")).toBe("mended\n");
}, 180_000);
