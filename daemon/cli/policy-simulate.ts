/** nexus policy simulate: what past runs did, judged again under other rules. Nothing is executed. */
import { resolve } from "node:path";
import type { ClientConnection, PolicyRules, PolicyVerdict, RunEvent, RunState } from "../../protocol/index.ts";
import { NexusError, nexusError } from "../../protocol/index.ts";
import { readText } from "../host/files.ts";
import type { PolicyPlace } from "../orchestration/rights/policy-place.ts";
import type { Access } from "../security/access.ts";
import { parsePolicy } from "../security/policy/load-tiers.ts";
import type { Policy } from "../security/policy/policy.ts";
import { TOOLS } from "../tools/catalogue.ts";
import { type CliContext, printJson, withConnection } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { findRun } from "./find-run.ts";
import { count, oneLine, type Paint } from "./format.ts";
import type { Arguments } from "./parse.ts";
import { folderPolicy, openPlace } from "./policy-place.ts";

interface Side {
  readonly verdict: PolicyVerdict;
  readonly rule: string;
}

/** An action that the changed policy would judge differently. */
interface Difference {
  readonly runId: string;
  readonly seq: number;
  readonly tool: string;
  readonly action: string;
  readonly before: Side;
  readonly after: Side;
}

interface Simulation {
  runs: number;
  actions: number;
  /** Actions whose tool is no more, or whose arguments were too long to be recorded whole. */
  skipped: number;
  readonly differing: Difference[];
}

export async function simulateCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const [word, file] = [args.text("run"), args.text("policy")];
  if (file === undefined) throw nexusError("usage.invalid", "--policy FILE is missing: the rules to try.");
  if ((word === undefined) === !args.has("all")) throw nexusError("usage.invalid", "Give --run RUN, or --all.");
  const changed = await policyOf(resolve(context.cwd, file));
  const place = await openPlace(context);
  return withConnection(context, async (connection) => {
    const simulation: Simulation = { runs: 0, actions: 0, skipped: 0, differing: [] };
    const runIds = word === undefined ? allRuns(connection) : [await findRun(connection, word)];
    for await (const runId of runIds) await simulateRun(connection, { place, changed, runId }, simulation);
    if (args.has("json")) printJson(context, simulation);
    else context.terminal.out(simulationText(simulation, context.paint, context.terminal.columns));
    return EXIT.done;
  });
}

async function policyOf(path: string): Promise<PolicyRules> {
  const text = await readText(path);
  if (text === undefined) throw nexusError("usage.invalid", `--policy: there is no file ${path}.`);
  const parsed = parsePolicy(text, path);
  if (!parsed.ok) throw new NexusError(parsed.error);
  return parsed.value;
}

async function* allRuns(connection: ClientConnection): AsyncGenerator<string> {
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof pageOfRuns>> = await pageOfRuns(connection, cursor);
    for (const { runId } of page.runs) yield runId;
    cursor = page.nextCursor;
  } while (cursor !== null);
}

function pageOfRuns(connection: ClientConnection, cursor: string | null) {
  return connection.request("run/list", { limit: 500, ...(cursor === null ? {} : { cursor }) });
}

interface Question {
  readonly place: PolicyPlace;
  readonly changed: PolicyRules;
  readonly runId: string;
}

async function simulateRun(
  connection: ClientConnection,
  { place, changed, runId }: Question,
  simulation: Simulation,
): Promise<void> {
  const { run } = await connection.request("run/show", { runId });
  const before = await policyIn(place, run, { user: {}, run: run.policy });
  const after = await policyIn(place, run, { user: changed });
  simulation.runs += 1;
  for await (const event of eventsOf(connection, runId)) {
    if (event.body.type !== "tool.requested") continue;
    const access = await accessOf(event.body, run.workspace);
    if (access === undefined) simulation.skipped += 1;
    else await compare({ before, after, access, event }, simulation);
  }
}

function policyIn(place: PolicyPlace, run: RunState, rules: { user: PolicyRules; run?: PolicyRules }): Promise<Policy> {
  const { workspace, headless, mode, plan, trusted = true } = run;
  return folderPolicy(place, { workspace, headless, mode, plan, trusted, ...rules });
}

async function* eventsOf(connection: ClientConnection, runId: string): AsyncGenerator<RunEvent> {
  for (let after = 0; ; ) {
    const { events } = await connection.request("run/events", { runId, after, limit: 500 });
    yield* events;
    const last = events.at(-1)?.seq;
    if (last === undefined) return;
    after = last;
  }
}

type Requested = Extract<RunEvent["body"], { type: "tool.requested" }>;

/** As the tool would ask today, from what it was given then; the folder is only looked at. */
async function accessOf({ tool: name, input }: Requested, root: string): Promise<Access | undefined> {
  const tool = TOOLS.find((candidate) => candidate.name === name);
  if (tool === undefined) return undefined;
  try {
    const parsed = tool.input.safeParse(JSON.parse(input || "{}"));
    if (!parsed.success) return undefined;
    const { signal } = new AbortController();
    const access = await tool.access(parsed.data, { root, linked: [], signal, seen: new Map(), diff: async () => "" });
    return access.kind === "command" || access.kind === "test" ? { ...access, cwd: root } : access;
  } catch {
    return undefined;
  }
}

interface Comparison {
  readonly before: Policy;
  readonly after: Policy;
  readonly access: Access;
  readonly event: RunEvent;
}

async function compare({ before, after, access, event }: Comparison, simulation: Simulation): Promise<void> {
  simulation.actions += 1;
  const [was, is] = await Promise.all([before.judge(access), after.judge(access)]);
  if (was.verdict === is.verdict || event.body.type !== "tool.requested") return;
  simulation.differing.push({
    runId: event.runId,
    seq: event.seq,
    tool: event.body.tool,
    action: actionText(access),
    before: { verdict: was.verdict, rule: was.rule },
    after: { verdict: is.verdict, rule: is.rule },
  });
}

function actionText(access: Access): string {
  switch (access.kind) {
    case "command":
    case "test":
      return access.command;
    case "read":
    case "write":
      return `${access.kind} ${access.paths.join(", ")}`;
    case "network":
      return access.url;
    case "foreign":
      return access.name;
    case "git":
      return `${access.action} ${access.detail}`;
    case "none":
      return "";
  }
}

function simulationText({ runs, actions, skipped, differing }: Simulation, paint: Paint, width: number): string {
  const lines = differing.map(({ runId, seq, tool, action, before, after }) => {
    const change = `${before.verdict} → ${after.verdict}`;
    const where = paint("dim", `${runId.slice(0, 8)} #${seq} ${tool}, by ${oneLine(after.rule, 200)}`);
    return `${paint("bold", change)}  ${oneLine(action, Math.max(20, width - change.length - 2))}\n  ${where}\n`;
  });
  const left = skipped === 0 ? "" : ` ${count(skipped, "action")} could not be judged again.`;
  return `${lines.join("")}${count(actions, "action")} of ${count(runs, "run")}: ${differing.length} would be judged differently.${left}\n`;
}
