/** What a workflow that fits its schema can still have wrong: names, order, cycles, expressions. */
import {
  type Json,
  listsOf,
  needsOf,
  type Step,
  type StepKind,
  type Workflow,
  type WorkflowInput,
  workOf,
} from "./definition.ts";
import { isList, namesIn, placeholdersIn } from "./expression.ts";
import type { Finding } from "./problem.ts";

const MOST_STEPS = 500;
const DEEPEST = 8;
const EFFECTS: ReadonlySet<StepKind> = new Set(["agent", "tool", "command"]);
const RESERVED = new Set(["inputs", "steps", "run", "now", "index", "last", "secrets"]);
/** Variables that make programs load code or find other programs. */
const DANGEROUS =
  /^(PATH|IFS|ENV|BASH_ENV|SHELLOPTS|PS4|HOME|NODE_OPTIONS|PYTHON\w*|RUBY\w*|PERL\w*|JAVA_TOOL_OPTIONS|LD_\w+|DYLD_\w+|GIT_\w+|NEXUS_\w+)$/;

type Path = readonly (string | number)[];

/** What an expression may name where it stands. */
interface Sight {
  readonly steps: ReadonlySet<string>;
  readonly variables: ReadonlySet<string>;
}

export function workflowProblems(workflow: Workflow): Finding[] {
  const findings: Finding[] = [];
  const ids = new Set<string>();
  let count = 0;
  const inputs = workflow.inputs ?? {};

  const say = (path: Path, message: string, hint: string): undefined => {
    findings.push({ path, message, hint });
  };

  function expression(source: string, path: Path, sight: Sight, wanted?: "boolean" | "list"): undefined {
    const names = namesIn(source);
    if ("problem" in names)
      return say(path, `this is no CEL: ${names.problem}`, "See https://cel.dev for the language.");
    for (const problem of names.problems) say(path, problem, "docs/workflows.md lists the functions.");
    for (const found of names.paths) reference(found, path, sight);
    const misfits = wanted !== undefined && names.gives !== "unknown" && names.gives !== wanted;
    if (misfits)
      say(path, `this gives a ${names.gives}, not a ${wanted}`, `Write an expression that gives a ${wanted}.`);
  }

  function reference(
    [first = "", second, third]: readonly string[],
    path: Path,
    { steps, variables }: Sight,
  ): undefined {
    if (first === "inputs") {
      if (second === undefined || Object.hasOwn(inputs, second)) return;
      return say(path, `the workflow has no input “${second}”`, `It has: ${Object.keys(inputs).join(", ") || "none"}.`);
    }
    if (first === "run") {
      if (second === undefined || ["id", "workspace", "workflow"].includes(second)) return;
      return say(path, `run has no “${second}”`, "It has id, workspace and workflow.");
    }
    if (first !== "steps") {
      if (variables.has(first)) return;
      return say(
        path,
        `“${first}” is not known here`,
        `Known are: ${["inputs", "steps", "run", ...variables].join(", ")}.`,
      );
    }
    if (second === undefined) return;
    if (!steps.has(second)) return say(path, unknownStep(second), beforeHint(second));
    if (third === undefined || ["output", "outcome", "reason"].includes(third)) return;
    say(path, `a step has no “${third}”`, `Write steps.${second}.output, .outcome or .reason.`);
  }

  function unknownStep(id: string): string {
    return ids.has(id) ? `step “${id}” does not surely come before this` : `there is no step “${id}”`;
  }

  function beforeHint(id: string): string {
    const dashed = [...ids].find((known) => known.startsWith(`${id}-`));
    if (dashed !== undefined) return `For an id with a dash write steps["${dashed}"].`;
    return ids.has(id) ? "Name it in `needs`." : `Steps are: ${[...ids].slice(0, 20).join(", ")}.`;
  }

  function texts(value: Json | undefined, path: Path, sight: Sight): undefined {
    if (value === undefined) return;
    for (const source of placeholdersIn(value)) expression(source, path, sight);
  }

  function noPlaceholder(text: string, path: Path): undefined {
    if (text.includes("${{"))
      say(
        path,
        "a command is run as it stands, without expressions",
        "Hand values over with env, and use them as variables.",
      );
  }

  function effects(step: Pick<Step, "agent" | "tool" | "command">, path: Path, sight: Sight): undefined {
    const { agent, tool, command } = step;
    if (agent !== undefined) {
      texts(agent.goal, [...path, "agent", "goal"], sight);
      texts(agent.mayChange, [...path, "agent", "mayChange"], sight);
      texts(agent.writes, [...path, "agent", "writes"], sight);
      if (agent.acceptance !== undefined)
        noPlaceholder(agent.acceptance.command, [...path, "agent", "acceptance", "command"]);
    }
    if (tool !== undefined) texts(tool.input, [...path, "tool", "input"], sight);
    if (command === undefined) return;
    noPlaceholder(command.run, [...path, "command", "run"]);
    texts(command.env, [...path, "command", "env"], sight);
    for (const name of Object.keys(command.env ?? {}))
      if (DANGEROUS.test(name))
        say(
          [...path, "command", "env", name],
          `${name} may not be set`,
          "It would change which programs run. Choose another name.",
        );
    for (const [index, name] of (command.secrets ?? []).entries())
      if (workflow.secrets?.includes(name) !== true)
        say(
          [...path, "command", "secrets", index],
          `the workflow names no secret ${name}`,
          "Add it to `secrets` at the top.",
        );
  }

  function kindly(step: Step, path: Path, sight: Sight): undefined {
    const { kind, work } = workOf(step);
    for (const key of ["retry", "compensate", "irreversible"] as const)
      if (step[key] !== undefined && !EFFECTS.has(kind))
        say([...path, key], `a ${kind} step has no ${key}`, "Only agent, tool and command steps do.");
    if (step.timeout !== undefined && !EFFECTS.has(kind))
      say([...path, "timeout"], `a ${kind} step has no timeout`, "Give it to the agent, tool and command steps.");
    effects(step, path, sight);
    switch (kind) {
      case "gate":
        texts(work.ask, [...path, "gate", "ask"], sight);
        texts(work.document, [...path, "gate", "document"], sight);
        if (work.words !== undefined && work.choices?.includes(work.words) !== true)
          say([...path, "gate", "words"], "other words can only stand for one of the choices", "Add it to `choices`.");
        if (work.default !== undefined && work.choices?.includes(work.default) === false)
          say([...path, "gate", "default"], "the default is none of the choices", "Add it to `choices`.");
        return;
      case "workflow":
        texts(work.inputs, [...path, "workflow", "inputs"], sight);
        if ((work.file === undefined) === (work.name === undefined))
          say([...path, "workflow"], "give either a file or a name", "One of the two says which workflow it is.");
        return;
      case "wait":
        if ((work.for === undefined) === (work.until === undefined))
          say([...path, "wait"], "give either `for` or `until`", "One of the two says how long.");
        if (work.until !== undefined) {
          const waiting = { ...sight, variables: new Set([...sight.variables, "now"]) };
          expression(work.until, [...path, "wait", "until"], waiting, "boolean");
        }
        return;
      case "set":
        return texts(work, [...path, "set"], sight);
      case "forEach":
        expression(work.in, [...path, "forEach", "in"], sight, "list");
        if (work.as !== undefined && RESERVED.has(work.as))
          say([...path, "forEach", "as"], `“${work.as}” has a meaning already`, "Choose another name.");
        return;
      case "loop": {
        const inside = {
          steps: new Set([...sight.steps, ...work.steps.map(({ id }) => id)]),
          variables: varsIn(step, sight),
        };
        return expression(work.until, [...path, "loop", "until"], inside, "boolean");
      }
      case "if":
        return expression(work.when, [...path, "if", "when"], sight, "boolean");
      case "parallel":
        if (Object.keys(work.branches).length === 0)
          say([...path, "parallel", "branches"], "there is no branch", "Add one by name, with its steps.");
        return;
      default:
        return;
    }
  }

  function list(steps: readonly Step[], path: Path, outer: Sight, depth: number): undefined {
    if (depth > DEEPEST)
      return say(path, `steps are nested more than ${DEEPEST} deep`, "Make a workflow of the inner part.");
    const names = new Set(steps.map(({ id }) => id));
    for (const [index, step] of steps.entries()) {
      const at = [...path, index];
      for (const [place, need] of (step.needs ?? []).entries())
        if (!names.has(need))
          say([...at, "needs", place], `“${need}” is no step of this list`, `These are: ${[...names].join(", ")}.`);
    }
    const cycle = cycleIn(steps);
    if (cycle !== undefined)
      return say(path, `the steps wait for each other: ${cycle.join(" → ")}`, "Take one of these out of `needs`.");
    for (const [index, step] of steps.entries()) {
      const at = [...path, index];
      const sight = { ...outer, steps: new Set([...outer.steps, ...before(steps, index)]) };
      if (step.when !== undefined) expression(step.when, [...at, "when"], sight, "boolean");
      kindly(step, at, sight);
      if (step.compensate !== undefined) {
        const own = { ...sight, steps: new Set([...sight.steps, step.id]) };
        effects(step.compensate, [...at, "compensate"], own);
      }
      const inner = { steps: sight.steps, variables: varsIn(step, sight) };
      for (const { path: more, steps: inside } of listsOf(step)) list(inside, [...at, ...more], inner, depth + 1);
    }
  }

  /** Ids first: what comes later may be named by mistake, and the message says so. */
  function collect(steps: readonly Step[], path: Path): undefined {
    for (const [index, step] of steps.entries()) {
      if (ids.has(step.id)) say([...path, index, "id"], `two steps are called “${step.id}”`, "Rename one.");
      ids.add(step.id);
      count += 1;
      for (const { path: more, steps: inside } of listsOf(step)) collect(inside, [...path, index, ...more]);
    }
  }

  for (const [name, input] of Object.entries(inputs)) {
    const problem = input.default === undefined ? undefined : misfit(input, input.default);
    if (problem !== undefined) say(["inputs", name, "default"], problem, "Correct the default or the type.");
  }
  collect(workflow.steps, ["steps"]);
  if (count > MOST_STEPS)
    say(["steps"], `there are more than ${MOST_STEPS} steps`, "Move some to workflows of their own.");
  else if (ids.size === count) list(workflow.steps, ["steps"], { steps: new Set(), variables: new Set() }, 1);
  const end = { steps: new Set(workflow.steps.map(({ id }) => id)), variables: new Set<string>() };
  for (const [name, source] of Object.entries(workflow.outputs ?? {})) expression(source, ["outputs", name], end);
  return findings;
}

function varsIn(step: Step, { variables }: Sight): ReadonlySet<string> {
  if (step.forEach !== undefined) return new Set([...variables, step.forEach.as ?? "item", "index"]);
  return step.loop === undefined ? variables : new Set([...variables, "index", "last"]);
}

/** Everything that has surely ended when the step begins. */
function before(steps: readonly Step[], index: number): Set<string> {
  const found = new Set<string>();
  const visit = (at: number): undefined => {
    for (const need of needsOf(steps, at)) {
      if (found.has(need)) continue;
      found.add(need);
      visit(steps.findIndex(({ id }) => id === need));
    }
  };
  visit(index);
  return found;
}

function cycleIn(steps: readonly Step[]): string[] | undefined {
  const needs = new Map(steps.map(({ id }, index) => [id, needsOf(steps, index)]));
  const finished = new Set<string>();
  const visit = (id: string, path: string[]): string[] | undefined => {
    if (path.includes(id)) return [...path.slice(path.indexOf(id)), id];
    if (finished.has(id)) return undefined;
    for (const need of needs.get(id) ?? []) {
      const cycle = visit(need, [...path, id]);
      if (cycle !== undefined) return cycle;
    }
    finished.add(id);
    return undefined;
  };
  for (const { id } of steps) {
    const cycle = visit(id, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

/** Why a value is not what an input must be; undefined: it is. */
export function misfit({ type }: Pick<WorkflowInput, "type">, value: Json): string | undefined {
  const is = value === null ? "null" : isList(value) ? "list" : typeof value === "object" ? "map" : typeof value;
  if (type === is || (type === "integer" && Number.isSafeInteger(value))) return undefined;
  return `it must be of type ${type}, not ${is}`;
}
