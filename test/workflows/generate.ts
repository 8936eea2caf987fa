/** Random workflows that are valid, with failures planned for their steps. */
import fc from "fast-check";
import type { Bundle } from "../../daemon/orchestration/workflows/bundle.ts";
import type { Step } from "../../daemon/orchestration/workflows/definition.ts";

export interface Case {
  readonly bundle: Bundle;
  readonly main: readonly Step[];
  readonly called: Readonly<Record<string, readonly Step[]>>;
  /** Of 100 leaf steps so many fail at first, and half of these for ever. */
  readonly failing: number;
  readonly salt: number;
  /** At which share of the writes the process dies, one life after the other. */
  readonly deaths: readonly number[];
}

type Draft =
  | { readonly kind: "command"; readonly undo: boolean; readonly retry: number; readonly goesOn: boolean }
  | { readonly kind: "set" | "wait" }
  | { readonly kind: "parallel"; readonly lists: readonly List[]; readonly goesOn: boolean }
  | { readonly kind: "forEach"; readonly items: number; readonly atATime: number; readonly list: List }
  | { readonly kind: "loop"; readonly until: number; readonly max: number; readonly list: List }
  | { readonly kind: "if"; readonly is: boolean; readonly yes: List; readonly no: List | null }
  | { readonly kind: "workflow"; readonly list: List };

interface Entry {
  readonly draft: Draft;
  /** Which of the steps before it in the list it needs; null: it says nothing. */
  readonly needs: readonly boolean[] | null;
  readonly when: "none" | "false" | "before";
}
type List = readonly Entry[];

const flag = (share: number) => fc.integer({ min: 1, max: 100 }).map((figure) => figure <= share);

function listOf(depth: number): fc.Arbitrary<List> {
  const entry: fc.Arbitrary<Entry> = fc.record({
    draft: draftOf(depth),
    needs: fc.option(fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), { nil: null, freq: 2 }),
    when: fc.oneof(
      { weight: 8, arbitrary: fc.constant("none" as const) },
      fc.constantFrom("false" as const, "before" as const),
    ),
  });
  return fc.array(entry, { minLength: 1, maxLength: depth === 0 ? 3 : 4 });
}

function draftOf(depth: number): fc.Arbitrary<Draft> {
  const command: fc.Arbitrary<Draft> = fc.record({
    kind: fc.constant("command" as const),
    undo: flag(60),
    retry: fc.integer({ min: 0, max: 2 }),
    goesOn: flag(20),
  });
  const small: fc.Arbitrary<Draft> = fc.record({ kind: fc.constantFrom("set" as const, "wait" as const) });
  if (depth === 0) return fc.oneof({ weight: 5, arbitrary: command }, { weight: 1, arbitrary: small });
  const list = listOf(depth - 1);
  return fc.oneof(
    { weight: 6, arbitrary: command },
    { weight: 1, arbitrary: small },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("parallel" as const),
        lists: fc.array(list, { minLength: 1, maxLength: 3 }),
        goesOn: flag(20),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("forEach" as const),
        items: fc.integer({ min: 0, max: 3 }),
        atATime: fc.integer({ min: 1, max: 3 }),
        list,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("loop" as const),
        until: fc.integer({ min: 0, max: 3 }),
        max: fc.integer({ min: 1, max: 3 }),
        list,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant("if" as const), is: fc.boolean(), yes: list, no: fc.option(list) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("workflow" as const), list }) },
  );
}

export const workflowCases: fc.Arbitrary<Case> = fc
  .record({
    list: listOf(2),
    failing: fc.constantFrom(0, 4, 15),
    salt: fc.nat(),
    deaths: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 3 }),
  })
  .map(({ list, ...more }) => ({ ...written(list), ...more }));

/** Ids are given in order, so that they are unique in each file. */
function written(list: List): Pick<Case, "bundle" | "main" | "called"> {
  const called: Record<string, readonly Step[]> = {};
  let ids = 0;
  let files = 0;

  const stepsOf = (entries: List): Step[] => {
    const steps: Step[] = [];
    for (const [index, { draft, needs, when }] of entries.entries()) {
      const id = `s${++ids}`;
      const before = steps.map((step) => step.id);
      const wanted = needs === null ? undefined : before.filter((_, place) => needs[place % needs.length] === true);
      const last = wanted === undefined ? before.at(-1) : wanted.at(-1);
      const condition = when === "false" ? "1 > 2" : last === undefined ? "true" : `steps.${last}.outcome == "done"`;
      steps.push({
        id,
        ...(wanted === undefined ? {} : { needs: wanted }),
        ...(when === "none" || (when === "before" && index === 0) ? {} : { when: condition }),
        ...workOf(draft),
      });
    }
    return steps;
  };

  function workOf(draft: Draft): Omit<Step, "id"> {
    switch (draft.kind) {
      case "command":
        return {
          command: { run: "work" },
          ...(draft.retry === 0 ? {} : { retry: { times: draft.retry, delay: "10ms" } }),
          ...(draft.undo ? { compensate: { command: { run: "undo" } } } : {}),
          ...(draft.goesOn ? { onError: "continue" as const } : {}),
        };
      case "set":
        return { set: { value: 1 } };
      case "wait":
        return { wait: { for: "5ms" } };
      case "parallel": {
        const branches = Object.fromEntries(draft.lists.map((one, index) => [`b${index}`, stepsOf(one)]));
        return { parallel: { branches }, ...(draft.goesOn ? { onError: "continue" as const } : {}) };
      }
      case "forEach": {
        const items = JSON.stringify(Array.from({ length: draft.items }, (_, index) => index));
        return { forEach: { in: items, maxConcurrency: draft.atATime, steps: stepsOf(draft.list) } };
      }
      case "loop":
        return { loop: { until: `index >= ${draft.until}`, max: draft.max, steps: stepsOf(draft.list) } };
      case "if": {
        const when = draft.is ? "true" : "false";
        const otherwise = draft.no === null ? {} : { else: stepsOf(draft.no) };
        // biome-ignore lint/suspicious/noThenProperty: the word of the file format
        return { if: { when, then: stepsOf(draft.yes), ...otherwise } };
      }
      case "workflow": {
        const file = `called-${++files}.yaml`;
        called[file] = stepsOf(draft.list);
        return { workflow: { file } };
      }
    }
  }

  const main = stepsOf(list);
  const texts = Object.entries(called).map(([file, steps], index) => [file, textOf(`called-${index}`, steps)]);
  return {
    main,
    called,
    bundle: { entry: "main.yaml", files: { ...Object.fromEntries(texts), "main.yaml": textOf("main", main) } },
  };
}

/** JSON is YAML. */
function textOf(name: string, steps: readonly Step[]): string {
  return JSON.stringify({ name, steps }, null, 1);
}
