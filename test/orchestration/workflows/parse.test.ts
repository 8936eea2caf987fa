import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadBundle } from "../../../daemon/orchestration/workflows/bundle.ts";
import { parseWorkflow } from "../../../daemon/orchestration/workflows/parse.ts";

const head = "name: w\ninputs:\n  n: { type: integer }\nsteps:\n";
const a = '  - { id: a, command: { run: "x" } }\n';

function problems(text: string): string[] {
  const parsed = parseWorkflow(text);
  return parsed.ok ? [] : parsed.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

describe("a workflow file", () => {
  it.each<[what: string, text: string, problem: RegExp]>([
    ["is no YAML", "name: [", /^1:\d+ .*/],
    ["has a key twice", `name: w\nname: w\nsteps:\n${a}`, /^2:1 .*unique/],
    ["is a bomb of aliases", bomb(), /cannot be read: Excessive alias count/],
    ["is nested without end", `name: ${"[".repeat(5000)}`, /nested more than/],
    ["has no steps", "name: w\n", /^1:1 “steps” is missing/],
    ["has an unknown key", `name: w\nstep: 1\nsteps:\n${a}`, /^2:1 “step” is not known here/],
    ["has an unknown kind of step", `${head}  - id: a\n    jump: {}\n`, /^5:5 the step has no known kind/],
    [
      "has a step of two kinds",
      `${head}  - { id: a, set: {}, wait: { for: 1s } }\n`,
      /^5:5 the step is set and wait at once/,
    ],
    ["has a wrong value in a step", `${head}  - id: a\n    command: { run: 3 }\n`, /^6:21 it must be of type string/],
    [
      "has an unknown key in a step",
      `${head}  - id: a\n    command: { run: x, shel: y }\n`,
      /^6:24 “shel” is not known here/,
    ],
    ["names a step twice", `${head}${a}${a}`, /^6:11 two steps are called “a”/],
    ["needs what is not there", `${head}  - { id: a, needs: [z], set: {} }\n`, /^5:22 “z” is no step of this list/],
    [
      "waits in a circle",
      `${head}  - { id: a, needs: [b], set: {} }\n  - { id: b, needs: [a], set: {} }\n`,
      /a → b → a/,
    ],
    [
      "loops without an end",
      `${head}  - { id: l, loop: { until: "true", steps: [{ id: s, set: {} }] } }\n`,
      /“max” is missing/,
    ],
    ["has no CEL", `${head}  - { id: a, when: "1 +", set: {} }\n`, /^5:20 this is no CEL/],
    [
      "names an unknown step",
      `${head}  - { id: a, when: "steps.z.outcome == 'done'", set: {} }\n`,
      /there is no step “z”/,
    ],
    [
      "looks ahead",
      `${head}  - { id: a, when: "steps.b.outcome == 'done'", set: {} }\n  - { id: b, set: {} }\n`,
      /“b” does not surely come before/,
    ],
    [
      "looks at a branch beside",
      `${head}  - id: p\n    parallel: { branches: { x: [{ id: b, set: {} }], y: [{ id: c, when: "steps.b.output == 1", set: {} }] } }\n`,
      /“b” does not surely/,
    ],
    ["names an unknown input", `${head}  - { id: a, when: inputs.m == 1, set: {} }\n`, /no input “m”/],
    ["names an unknown variable", `${head}  - { id: a, when: item == 1, set: {} }\n`, /“item” is not known here/],
    ["calls an unknown function", `${head}  - { id: a, when: shell(1), set: {} }\n`, /no function “shell”/],
    [
      "has a condition that is no condition",
      `${head}  - { id: a, when: inputs.n - 1, set: {} }\n`,
      /gives a number, not a boolean/,
    ],
    [
      "iterates over a text",
      `${head}  - { id: f, forEach: { in: "'abc'", steps: [{ id: s, set: {} }] } }\n`,
      /gives a text, not a list/,
    ],
    [
      "puts values into a shell line",
      `${head}  - { id: a, command: { run: "echo \${{ inputs.n }}" } }\n`,
      /without expressions/,
    ],
    [
      "sets a dangerous variable",
      `${head}  - { id: a, command: { run: x, env: { LD_PRELOAD: y } } }\n`,
      /LD_PRELOAD may not be set/,
    ],
    [
      "uses an undeclared secret",
      `${head}  - { id: a, command: { run: x, secrets: [TOKEN] } }\n`,
      /names no secret TOKEN/,
    ],
    [
      "retries what cannot be tried again",
      `${head}  - { id: a, set: {}, retry: { times: 1 } }\n`,
      /a set step has no retry/,
    ],
    ["waits for nothing", `${head}  - { id: a, wait: {} }\n`, /give either `for` or `until`/],
    [
      "has a default of another type",
      "name: w\ninputs: { n: { type: integer, default: x } }\nsteps: [{ id: a, set: {} }]\n",
      /must be of type integer/,
    ],
    [
      "undoes with a question",
      `${head}  - { id: a, command: { run: x }, compensate: { gate: { ask: y } } }\n`,
      /a gate cannot undo a step/,
    ],
  ])("that %s is refused with a place", (_what, text, problem) => {
    expect(problems(text)[0] ?? "").toMatch(problem);
    const parsed = parseWorkflow(text);
    expect(parsed.ok ? [] : parsed.problems.filter(({ hint }) => hint === "")).toEqual([]);
  });

  it("may name what surely came before, in the lists around it too", () => {
    const text = `name: w
inputs: { names: { type: list, default: [] } }
outputs: { last: steps.each.output }
steps:
  - { id: a, set: { x: 1 } }
  - id: each
    forEach:
      in: inputs.names
      as: name
      steps:
        - { id: in-it, set: { y: "\${{ steps.a.output.x + index }}" } }
        - { id: more, when: 'steps["in-it"].output.y > 0 && name != ""', set: {} }
`;
    expect(problems(text)).toEqual([]);
  });

  it("is told or refused whatever its text is, and never thrown", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.json().map(String), fc.string({ unit: fc.constantFrom(..."-:[]{} &*a\n\"'|>!%") })),
        (text) => {
          const parsed = parseWorkflow(text);
          expect(parsed.ok || parsed.problems.length > 0).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("workflows that call others", () => {
  const from = (files: Record<string, string>, entry: string) =>
    loadBundle(
      {
        read: async (path) => files[path],
        list: async () => Object.keys(files).filter((path) => path.startsWith(".nexus")),
      },
      entry,
    );
  const calls = (name: string, call: string) => `name: ${name}\nsteps:\n  - { id: c, workflow: { ${call} } }\n`;
  const leaf = "name: leaf\ninputs: { n: { type: integer } }\nsteps: [{ id: a, set: {} }]\n";

  it("are found by file and by name", async () => {
    const files = {
      "flows/main.yaml": calls("main", "file: ../.nexus/workflows/middle.yaml"),
      ".nexus/workflows/middle.yaml": calls("middle", "name: leaf, inputs: { n: 1 }"),
      ".nexus/workflows/leaf.nexus.yaml": leaf,
    };
    const loaded = await from(files, "flows/main.yaml");
    expect(loaded.ok && Object.keys(loaded.value.bundle.files).toSorted()).toEqual(Object.keys(files).toSorted());
  });

  it.each([
    ["is not there", { "m.yaml": calls("m", "file: none.yaml") }, "there is no file none.yaml"],
    ["lies outside", { "m.yaml": calls("m", "file: ../x.yaml") }, "there is no workflow “../x.yaml”"],
    [
      "calls back",
      { "m.yaml": calls("m", "file: n.yaml"), "n.yaml": calls("n", "file: m.yaml") },
      "call each other without end",
    ],
    [
      "wants other inputs",
      { "m.yaml": calls("m", "file: n.yaml, inputs: { n: x }"), "n.yaml": leaf },
      "must be of type integer",
    ],
    ["is wrong itself", { "m.yaml": calls("m", "file: n.yaml"), "n.yaml": "name: n\n" }, "“steps” is missing"],
  ])("are refused when the called one %s", async (_what, files, message) => {
    const loaded = await from(files as unknown as Record<string, string>, "m.yaml");
    expect(loaded.ok ? "" : loaded.problems[0]?.message).toContain(message);
  });
});

function bomb(): string {
  const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"];
  for (let level = 1; level < 12; level++) lines.push(`a${level}: &a${level} [${`*a${level - 1}, `.repeat(9)}]`);
  return `${lines.join("\n")}\n`;
}
