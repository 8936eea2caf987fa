/** Whether the acceptance commands of a plan could run where the run works, as far as that can be told beforehand. */
import type { Plan, PlanTask } from "../../protocol/index.ts";
import type { CommandFacts, CommandPart } from "../security/command/facts.ts";

/** What is known of the place. */
export interface PlanGround {
  /** Left out: shell lines are not understood here, and nothing is said of them. */
  readonly analyse?: (line: string) => Promise<CommandFacts>;
  /** Whether a program of this name is on the machine or among the project's own. */
  readonly hasProgram: (name: string) => Promise<boolean>;
  readonly hasFile: (path: string) => Promise<boolean>;
  /** Names of the scripts in package.json. */
  readonly scripts: ReadonlySet<string>;
  /** Targets of the Makefile. */
  readonly targets: ReadonlySet<string>;
  /** Whether code memory knows a symbol; left out where there is none. */
  readonly hasSymbol?: (name: string) => Promise<boolean>;
}

/** A line is broken where both readings of it say so. */
const UNKNOWN_SYNTAX = "the shell grammar does not know all of it";
const BROKEN = /is missing|not closed|where none can/;
const SHELL_WORDS = new Set(
  ": . [ alias break builtin cd command continue declare echo eval exec exit export false getopts hash let local printf pwd read return set shift source test time times trap true type ulimit umask unset wait".split(
    " ",
  ),
);
const SCRIPT_RUNNERS = new Set(["npm", "pnpm", "yarn", "bun"]);
/** What such a file says may bring programs and scripts that are not there yet. */
const MANIFESTS =
  /(^|\/)(package\.json|pyproject\.toml|requirements[\w.-]*\.txt|Gemfile|composer\.json|go\.mod|Cargo\.toml|Makefile)$/i;
const MOST_SYMBOLS = 40;

/** In words a planner can act on; each names its task. */
export async function acceptanceProblems(plan: Plan, ground: PlanGround): Promise<string[]> {
  const found = await Promise.all(
    plan.tasks.map(async (task) => {
      if (task.acceptance === null || ground.analyse === undefined) return [];
      const facts = await ground.analyse(task.acceptance.command);
      const broken = facts.unclear.includes(UNKNOWN_SYNTAX) ? facts.unclear.filter((why) => BROKEN.test(why)) : [];
      const lacking = await Promise.all(facts.parts.map((part) => partProblem(part, plan, ground)));
      return [...broken, ...lacking.filter((problem) => problem !== undefined)].map(
        (problem) => `task ${task.id}: its acceptance command cannot run: ${problem}`,
      );
    }),
  );
  return [...new Set(found.flat())];
}

/** What a person may want to know, though the plan can be carried out: files and symbols that nobody has heard of. */
export async function planWarnings(plan: Plan, ground: PlanGround): Promise<string[]> {
  const found = await Promise.all(plan.tasks.map((task) => taskWarnings(task, ground)));
  return found.flat();
}

async function taskWarnings({ id, files, symbols = [] }: PlanTask, { hasFile, hasSymbol }: PlanGround) {
  const warnings: string[] = [];
  for (const file of files.filter((path) => !/[*?{[]/.test(path) && path.includes("/"))) {
    const folder = file.slice(0, file.lastIndexOf("/"));
    if (!(await hasFile(file)) && !(await hasFile(folder)))
      warnings.push(`task ${id}: neither ${file} nor its folder exists yet`);
  }
  for (const symbol of hasSymbol === undefined ? [] : symbols.slice(0, MOST_SYMBOLS))
    if ((await hasSymbol?.(symbol)) === false) warnings.push(`task ${id}: no symbol ${symbol} is known yet`);
  return warnings;
}

async function partProblem(part: CommandPart, plan: Plan, ground: PlanGround): Promise<string | undefined> {
  const [program, first, second] = part.words;
  if (program === undefined || program === null || SHELL_WORDS.has(program)) return undefined;
  const installs = plan.tasks.some(({ files }) => files.some((file) => MANIFESTS.test(file)));
  if (/[/\\]/.test(program)) {
    const isThere = isPlanned(plan, program) || (await ground.hasFile(program));
    return isThere || installs ? undefined : `there is no ${program}, and no task makes it`;
  }
  if (!(await ground.hasProgram(program)))
    return installs ? undefined : `there is no program ${program} on this machine or in the project`;
  if (installs) return undefined;
  const script = SCRIPT_RUNNERS.has(program) ? scriptOf(first, second) : undefined;
  if (script !== undefined && !ground.scripts.has(script)) return `package.json has no script “${script}”`;
  if (program === "make" && typeof first === "string" && /^[\w.-]+$/.test(first) && !first.startsWith("-"))
    return ground.targets.has(first) ? undefined : `the Makefile has no target “${first}”`;
  return undefined;
}

function scriptOf(first: string | null | undefined, second: string | null | undefined): string | undefined {
  if (first === "test" || first === "t") return "test";
  if ((first !== "run" && first !== "run-script") || typeof second !== "string") return undefined;
  return second.startsWith("-") ? undefined : second;
}

function isPlanned({ tasks }: Plan, program: string): boolean {
  const path = program.replaceAll("\\", "/").replace(/^(\.\/)+/, "");
  return tasks.some(
    ({ files, outputs = [] }) => files.includes(path) || outputs.some((output) => output.path === path),
  );
}
