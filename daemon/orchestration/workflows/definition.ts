/**
 * A workflow as its file says it. The schema is the one source: the checks of `parse.ts`, the JSON Schema for editors
 * (docs/workflow.schema.json) and the reference in docs/workflows.md are made from it.
 */
import * as z from "zod/mini";

/** JSON as steps take and give it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const STEP_KINDS = [
  "agent",
  "tool",
  "command",
  "gate",
  "workflow",
  "parallel",
  "forEach",
  "loop",
  "if",
  "wait",
  "set",
] as const;
export type StepKind = (typeof STEP_KINDS)[number];

export interface Retry {
  readonly times: number;
  readonly delay?: string | undefined;
  readonly backoff?: number | undefined;
  readonly on?: readonly ("failed" | "timed_out")[] | undefined;
}

export interface AgentWork {
  readonly agent?: string | undefined;
  readonly goal: string;
  readonly files?: readonly string[] | undefined;
  readonly acceptance?: { readonly command: string; readonly expect?: "pass" | "fail" | undefined } | undefined;
  readonly readOnly?: boolean | undefined;
  /** A list, or an expression that gives one. */
  readonly mayChange?: string | readonly string[] | undefined;
  readonly writes?: readonly string[] | undefined;
}

export interface ToolWork {
  readonly name: string;
  readonly input?: { readonly [name: string]: Json } | undefined;
}

export interface CommandWork {
  readonly run: string;
  readonly expect?: "pass" | "fail" | "any" | undefined;
  readonly env?: { readonly [name: string]: string } | undefined;
  readonly secrets?: readonly string[] | undefined;
}

export interface GateWork {
  readonly ask: string;
  readonly choices?: readonly string[] | undefined;
  readonly default?: string | undefined;
  readonly words?: string | undefined;
  readonly document?: string | undefined;
}

export interface WorkflowCall {
  readonly file?: string | undefined;
  readonly name?: string | undefined;
  readonly inputs?: { readonly [name: string]: Json } | undefined;
}

export interface ForEachWork {
  readonly in: string;
  readonly as?: string | undefined;
  readonly maxConcurrency?: number | undefined;
  readonly steps: readonly Step[];
}

export interface LoopWork {
  readonly steps: readonly Step[];
  readonly until: string;
  readonly max: number;
}

export interface IfWork {
  readonly when: string;
  readonly then: readonly Step[];
  readonly else?: readonly Step[] | undefined;
}

export interface WaitWork {
  readonly for?: string | undefined;
  readonly until?: string | undefined;
  readonly timeout?: string | undefined;
}

export interface Compensation {
  readonly agent?: AgentWork | undefined;
  readonly tool?: ToolWork | undefined;
  readonly command?: CommandWork | undefined;
}

/** Has exactly one of the keys that name a kind: `workOf` tells which. */
export interface Step extends Compensation {
  readonly id: string;
  readonly description?: string | undefined;
  readonly needs?: readonly string[] | undefined;
  readonly when?: string | undefined;
  readonly retry?: Retry | undefined;
  readonly timeout?: string | undefined;
  readonly compensate?: Compensation | undefined;
  readonly irreversible?: boolean | undefined;
  readonly onError?: "fail" | "continue" | undefined;
  readonly gate?: GateWork | undefined;
  readonly workflow?: WorkflowCall | undefined;
  readonly parallel?: { readonly branches: { readonly [name: string]: readonly Step[] } } | undefined;
  readonly forEach?: ForEachWork | undefined;
  readonly loop?: LoopWork | undefined;
  readonly if?: IfWork | undefined;
  readonly wait?: WaitWork | undefined;
  readonly set?: { readonly [name: string]: Json } | undefined;
}

export type Work =
  | { readonly kind: "agent"; readonly work: AgentWork }
  | { readonly kind: "tool"; readonly work: ToolWork }
  | { readonly kind: "command"; readonly work: CommandWork }
  | { readonly kind: "gate"; readonly work: GateWork }
  | { readonly kind: "workflow"; readonly work: WorkflowCall }
  | { readonly kind: "parallel"; readonly work: { readonly branches: { readonly [name: string]: readonly Step[] } } }
  | { readonly kind: "forEach"; readonly work: ForEachWork }
  | { readonly kind: "loop"; readonly work: LoopWork }
  | { readonly kind: "if"; readonly work: IfWork }
  | { readonly kind: "wait"; readonly work: WaitWork }
  | { readonly kind: "set"; readonly work: { readonly [name: string]: Json } };

/** What a step does. Throws for a step that names no kind, which a parsed file never holds. */
export function workOf(step: Step | Compensation): Work {
  const all: Step = { id: "", ...step };
  if (all.agent !== undefined) return { kind: "agent", work: all.agent };
  if (all.tool !== undefined) return { kind: "tool", work: all.tool };
  if (all.command !== undefined) return { kind: "command", work: all.command };
  if (all.gate !== undefined) return { kind: "gate", work: all.gate };
  if (all.workflow !== undefined) return { kind: "workflow", work: all.workflow };
  if (all.parallel !== undefined) return { kind: "parallel", work: all.parallel };
  if (all.forEach !== undefined) return { kind: "forEach", work: all.forEach };
  if (all.loop !== undefined) return { kind: "loop", work: all.loop };
  if (all.if !== undefined) return { kind: "if", work: all.if };
  if (all.wait !== undefined) return { kind: "wait", work: all.wait };
  if (all.set !== undefined) return { kind: "set", work: all.set };
  throw new Error(`step ${all.id} has no kind`);
}

/** Lists of steps inside a step, with the text that stands between their step's path and their own. */
export function listsOf(step: Step): { readonly path: readonly string[]; readonly steps: readonly Step[] }[] {
  const { kind, work } = workOf(step);
  switch (kind) {
    case "parallel":
      return Object.entries(work.branches).map(([name, steps]) => ({ path: ["parallel", "branches", name], steps }));
    case "forEach":
    case "loop":
      return [{ path: [kind, "steps"], steps: work.steps }];
    case "if":
      return [
        { path: ["if", "then"], steps: work.then },
        ...(work.else === undefined ? [] : [{ path: ["if", "else"], steps: work.else }]),
      ];
    default:
      return [];
  }
}

/** A step without `needs` comes after the one before it in its list. */
export function needsOf(steps: readonly Step[], index: number): readonly string[] {
  const before = steps[index - 1];
  return steps[index]?.needs ?? (before === undefined ? [] : [before.id]);
}

export function isStepKind(name: string): name is StepKind {
  return STEP_KINDS.some((kind) => kind === name);
}

function said<Schema extends z.ZodMiniType>(schema: Schema, text: string): Schema {
  return schema.check(z.describe(text));
}

const id = z
  .string()
  .check(z.regex(/^[a-z][a-z0-9_-]{0,39}$/, "an id is a lower-case letter, then letters, digits, - or _, 40 at most"));
const name = () => z.string().check(z.minLength(1), z.maxLength(120));
const text = () => z.string().check(z.minLength(1), z.maxLength(20_000));
const filePath = () => z.string().check(z.minLength(1), z.maxLength(500));
const cel = () => z.string().check(z.minLength(1), z.maxLength(2000));
const duration = () =>
  z.string().check(z.regex(/^\d{1,7}(ms|s|m|h|d)$/, "a time is a number with ms, s, m, h or d, such as 90s or 2h"));
const variable = z
  .string()
  .check(z.regex(/^[A-Z][A-Z0-9_]{0,63}$/, "a variable's name has capital letters, digits and _"));
const json: z.ZodMiniType<Json> = z.lazy(() =>
  z.union([z.null(), z.boolean(), z.number(), z.string(), z.array(json), z.record(z.string(), json)]),
);
const values = () => z.record(z.string().check(z.maxLength(60)), json);

const retry = z.strictObject({
  times: said(z.int().check(z.gte(1), z.lte(20)), "How often it is tried again."),
  delay: z.optional(said(duration(), "Time before the first new try. Default: none.")),
  backoff: z.optional(said(z.number().check(z.gte(1), z.lte(10)), "What each delay is multiplied by. Default 1.")),
  on: z.optional(
    said(z.array(z.enum(["failed", "timed_out"])).check(z.minLength(1)), "After which outcomes. Default: both."),
  ),
});

const agentWork = z.strictObject({
  agent: z.optional(said(name(), "The agent's name. Default: coder.")),
  goal: said(text(), "What it is to do; may hold expressions."),
  files: z.optional(said(z.array(z.string()).check(z.maxLength(50)), "Files that it concerns.")),
  acceptance: z.optional(
    said(
      z.strictObject({ command: z.string().check(z.minLength(1)), expect: z.optional(z.enum(["pass", "fail"])) }),
      "The command that says whether the work is done; `fail` is for a test that is written before its code.",
    ),
  ),
  readOnly: z.optional(said(z.boolean(), "It only reads, so it may work beside others. Default: false.")),
  mayChange: z.optional(
    said(
      z.union([
        z.string().check(z.startsWith("${{")),
        z.array(z.string().check(z.minLength(1))).check(z.maxLength(200)),
      ]),
      "Files and globs that it may change, and no others; may be an expression that gives a list. Commands then only look.",
    ),
  ),
  writes: z.optional(
    said(
      z.array(filePath()).check(z.maxLength(20)),
      "Files that it must have written at its end; may hold expressions.",
    ),
  ),
});
const toolWork = z.strictObject({
  name: said(name(), "A tool's name, as `nexus tools list` shows it."),
  input: z.optional(said(values(), "Its arguments; texts may hold expressions.")),
});
const commandWork = z.strictObject({
  run: said(z.string().check(z.minLength(1), z.maxLength(1000)), "A shell line. It is run as it stands: use env."),
  expect: z.optional(
    said(z.enum(["pass", "fail", "any"]), "The exit code that counts as done: 0, another, or any. Default: pass."),
  ),
  env: z.optional(said(z.record(variable, z.string()), "Variables for it; their values may hold expressions.")),
  secrets: z.optional(said(z.array(variable), "Secrets of the workflow that it gets as variables.")),
});
const gateWork = z.strictObject({
  ask: said(text(), "The question to a person; may hold expressions."),
  choices: z.optional(said(z.array(name()).check(z.maxLength(6)), "Answers to choose from. Left out: any words.")),
  default: z.optional(said(name(), "The answer where nobody can be asked. Left out: the step fails there.")),
  words: z.optional(
    said(name(), "The choice that any other words stand for; they are then `remarks`. Left out: it is asked again."),
  ),
  document: z.optional(said(filePath(), "The design document that it is about; may hold expressions.")),
});
const workflowCall = z.strictObject({
  file: z.optional(said(z.string().check(z.minLength(1), z.maxLength(300)), "A file, seen from this one.")),
  name: z.optional(said(name(), "Or the name of a workflow in `.nexus/workflows/`.")),
  inputs: z.optional(said(values(), "Its inputs; texts may hold expressions.")),
});
const waitWork = z.strictObject({
  for: z.optional(said(duration(), "How long.")),
  until: z.optional(said(cel(), "CEL: until this is true. `now` is the time, looked at every second.")),
  timeout: z.optional(said(duration(), "With `until`: after this time the step has timed out. Default: a day.")),
});

const compensation: z.ZodMiniType<Compensation> = z.union([
  z.strictObject({ agent: agentWork }),
  z.strictObject({ tool: toolWork }),
  z.strictObject({ command: commandWork }),
]);

const step: z.ZodMiniType<Step> = z.lazy(() => stepUnion);
const steps = () => z.array(step).check(z.minLength(1), z.maxLength(100));

const common = {
  id: said(id, "Names the step; once in the file."),
  description: z.optional(said(z.string().check(z.maxLength(1000)), "For people.")),
  needs: z.optional(said(z.array(z.string()), "Steps of the same list that come before. Default: the one before it.")),
  when: z.optional(said(cel(), "CEL: if this is false the step is skipped.")),
  retry: z.optional(said(retry, "Whether it is tried again when it fails.")),
  timeout: z.optional(said(duration(), "How long one try may take.")),
  compensate: z.optional(said(compensation, "What undoes the step if a later one fails.")),
  irreversible: z.optional(said(z.boolean(), "It cannot be undone: a person is asked before it.")),
  onError: z.optional(said(z.enum(["fail", "continue"]), "Whether its failure ends the workflow. Default: fail.")),
};

export const KIND_SCHEMAS = {
  agent: z.strictObject({ ...common, agent: said(agentWork, "An agent works.") }),
  tool: z.strictObject({ ...common, tool: said(toolWork, "A tool is called.") }),
  command: z.strictObject({ ...common, command: said(commandWork, "A command runs.") }),
  gate: z.strictObject({ ...common, gate: said(gateWork, "A person answers.") }),
  workflow: z.strictObject({ ...common, workflow: said(workflowCall, "Another workflow runs as one step.") }),
  parallel: z.strictObject({
    ...common,
    parallel: said(
      z.strictObject({ branches: said(z.record(id, steps()), "Lists of steps by name.") }),
      "Lists of steps run side by side.",
    ),
  }),
  forEach: z.strictObject({
    ...common,
    forEach: said(
      z.strictObject({
        in: said(cel(), "CEL: a list, at most 1 000 long."),
        as: z.optional(said(z.string().check(z.regex(/^[a-z][A-Za-z0-9_]{0,30}$/)), "Its name. Default: item.")),
        maxConcurrency: z.optional(said(z.int().check(z.gte(1), z.lte(50)), "How many at a time. Default 4.")),
        steps: said(steps(), "What is done for each; `index` counts from 0."),
      }),
      "The same steps run for each item of a list.",
    ),
  }),
  loop: z.strictObject({
    ...common,
    loop: said(
      z.strictObject({
        steps: said(steps(), "What is repeated; `index` counts from 0, `last` is what the round before came to."),
        until: said(cel(), "CEL, after each round: true ends the loop."),
        max: said(z.int().check(z.gte(1), z.lte(100)), "Rounds after which the step has failed."),
      }),
      "Steps are repeated.",
    ),
  }),
  if: z.strictObject({
    ...common,
    if: said(
      z.strictObject({
        when: said(cel(), "CEL: true or false."),
        // biome-ignore lint/suspicious/noThenProperty: the word that people expect after "if"
        then: said(steps(), "What is done if it is true."),
        else: z.optional(said(steps(), "What is done if it is not.")),
      }),
      "One list of steps or the other.",
    ),
  }),
  wait: z.strictObject({ ...common, wait: said(waitWork, "Time passes.") }),
  set: z.strictObject({ ...common, set: said(values(), "Values for later steps; texts may hold expressions.") }),
} as const satisfies Record<StepKind, z.ZodMiniType>;

const stepUnion: z.ZodMiniType<Step> = z.union([
  KIND_SCHEMAS.agent,
  KIND_SCHEMAS.tool,
  KIND_SCHEMAS.command,
  KIND_SCHEMAS.gate,
  KIND_SCHEMAS.workflow,
  KIND_SCHEMAS.parallel,
  KIND_SCHEMAS.forEach,
  KIND_SCHEMAS.loop,
  KIND_SCHEMAS.if,
  KIND_SCHEMAS.wait,
  KIND_SCHEMAS.set,
]);

export const INPUT_SCHEMA = z.strictObject({
  type: said(z.enum(["string", "integer", "number", "boolean", "list", "map"]), "What it must be."),
  description: z.optional(said(z.string().check(z.maxLength(1000)), "For people.")),
  required: z.optional(said(z.boolean(), "It must be given. Default: true, unless there is a default.")),
  default: z.optional(said(json, "What it is when it is not given.")),
});
export type WorkflowInput = z.infer<typeof INPUT_SCHEMA>;

export const WORKFLOW_SCHEMA = z.strictObject({
  name: said(
    z.string().check(z.regex(/^[a-z][a-z0-9-]{0,59}$/, "a name is lower-case letters, digits and dashes")),
    "By which it is called.",
  ),
  description: z.optional(said(z.string().check(z.maxLength(2000)), "What it is for.")),
  inputs: z.optional(
    said(z.record(z.string().check(z.regex(/^[a-z][A-Za-z0-9_]{0,39}$/)), INPUT_SCHEMA), "What it must be told."),
  ),
  outputs: z.optional(said(z.record(name(), cel()), "CEL by name: what it answers with.")),
  secrets: z.optional(
    said(z.array(variable).check(z.maxLength(20)), "Names only. Values come from the daemon's environment."),
  ),
  budget: z.optional(said(z.number().check(z.gte(0)), "USD that a run of it may cost at most.")),
  defaults: z.optional(
    said(
      z.strictObject({ retry: z.optional(retry), timeout: z.optional(duration()) }),
      "For agent, tool and command steps that do not say otherwise.",
    ),
  ),
  steps: said(steps(), "What is done. A step without `needs` comes after the one before it."),
});
export type Workflow = z.infer<typeof WORKFLOW_SCHEMA>;

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a time such as 90s. */
export function millisecondsOf(time: string): number {
  const [, amount = "0", unit = "ms"] = /^(\d+)(\w+)$/.exec(time) ?? [];
  return Number(amount) * (UNITS[unit] ?? 1);
}

/** For editors: completion and errors while a workflow is written. */
export function workflowJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(WORKFLOW_SCHEMA, { io: "input", reused: "ref", target: "draft-7" });
  return { ...schema, title: "Nexus workflow" };
}
