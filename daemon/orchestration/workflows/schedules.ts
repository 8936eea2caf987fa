/** Workflows that run at given times: stored, armed with one timer, each time settled exactly once. */
import { Cron } from "croner";
import type { Params, Schedule } from "../../../protocol/index.ts";
import { NexusError, nexusError } from "../../../protocol/index.ts";
import { hashOf, realPath } from "../../host/files.ts";
import type { RunDependencies } from "../dependencies.ts";
import type { Json } from "./definition.ts";
import { inputsOf } from "./inputs.ts";
import { loadOrThrow } from "./pin.ts";

type Kept = Omit<Schedule, "nextAt">;

export interface Schedules {
  list(): Promise<Schedule[]>;
  add(params: Params<"workflow/schedule">): Promise<Schedule>;
  remove(scheduleId: string): Promise<void>;
  /** Settles what is due and arms the timer for what comes next. Called once, and again after each change. */
  begin(): Promise<void>;
  end(): void;
  readonly count: number;
}

type Start = (params: Params<"run/start">) => Promise<{ readonly runId: string }>;

/** A time that is this long past was missed: no daemon ran. */
const LATE_MS = 5 * 60_000;
const LONGEST_TIMER_MS = 6 * 60 * 60_000;
const MOST_SCHEDULES = 100;
const FIELDS = 5;

export function createSchedules(
  { store, clock, trust, log, newId }: Pick<RunDependencies, "store" | "clock" | "trust" | "log" | "newId">,
  start: Start,
): Schedules {
  const rows = store.schedules;
  let stopTimer = () => {};
  let count = 0;
  let ended = false;

  async function load(): Promise<Kept[]> {
    const found = (await rows.list()).map(({ body }): Kept => JSON.parse(body));
    count = found.length;
    return found;
  }

  const keep = (schedule: Kept) => rows.put({ scheduleId: schedule.scheduleId, body: JSON.stringify(schedule) });

  async function settle(schedule: Kept, now: number): Promise<void> {
    const due = lastDue(schedule, now);
    if (due === undefined) return;
    const isLate = now - due > LATE_MS;
    const lastResult =
      isLate && schedule.missed === "skip"
        ? "skipped: its time passed while no daemon ran"
        : await attempt(schedule, due);
    await keep({ ...schedule, settledAt: isoOf(due), lastResult });
  }

  /** The same time gives the same run, so one that was started before a crash is found and not started again. */
  async function attempt(schedule: Kept, due: number): Promise<string> {
    const { scheduleId, workspace, path, inputs, budgetUsd } = schedule;
    const { state } = await trust.look(workspace);
    if (state !== "trusted")
      return `skipped: the folder is ${state === "changed" ? "changed since it was trusted" : "not trusted"}`;
    const prompt = `Workflow ${path}, by schedule`;
    const budget = budgetUsd === null ? {} : { budgetUsd };
    const idempotencyKey = hashOf(`${scheduleId}/${due}`).slice(0, 32);
    try {
      const { runId } = await start({
        workspace,
        prompt,
        headless: true,
        workflow: { path, inputs },
        idempotencyKey,
        ...budget,
      });
      return `started ${runId}`;
    } catch (error) {
      if (!(error instanceof NexusError) || error.value.code.startsWith("store.")) throw error;
      log.write("warn", "a scheduled workflow did not start", { scheduleId, error: error.value.message });
      return `not started: ${error.value.message}`;
    }
  }

  async function begin(): Promise<void> {
    stopTimer();
    const now = clock.now();
    for (const schedule of await load()) {
      if (ended) return;
      await settle(schedule, now);
    }
    if (ended) return;
    const next = Math.min(...(await load()).map((schedule) => nextOf(schedule) ?? Number.POSITIVE_INFINITY));
    if (next === Number.POSITIVE_INFINITY) return;
    const wait = Math.min(Math.max(next - clock.now(), 0), LONGEST_TIMER_MS);
    stopTimer = clock.timer(wait, () => {
      begin().catch((error: unknown) => log.write("error", "schedules could not be settled", { error: String(error) }));
    });
  }

  return {
    async list() {
      const all = (await load()).map(shown);
      return all.toSorted((a, b) => (a.nextAt ?? "9").localeCompare(b.nextAt ?? "9"));
    },
    async add({ workspace: named, path, inputs = {}, cron, missed = "run", budgetUsd = null }) {
      if ((await load()).length >= MOST_SCHEDULES)
        throw nexusError("workflow.schedule_invalid", `There are ${MOST_SCHEDULES} already.`);
      checkCron(cron, clock.now());
      const workspace = await realPath(named).catch(() => {
        throw nexusError("workspace.missing", named);
      });
      if ((await trust.look(workspace)).state !== "trusted") throw nexusError("workflow.untrusted");
      const { main } = await loadOrThrow(workspace, path);
      const values: Record<string, Json> = JSON.parse(JSON.stringify(inputs));
      const given = inputsOf(main, values);
      if (!given.ok) throw nexusError("workflow.inputs", `${given.problems.join("; ")}.`);
      const at = clock.iso();
      const own = { scheduleId: newId().slice(0, 8), workspace, path, inputs, cron, missed, budgetUsd };
      const schedule = { ...own, createdAt: at, settledAt: at, lastResult: "" };
      await keep(schedule);
      await begin();
      return shown(schedule);
    },
    async remove(scheduleId) {
      if (!(await rows.remove(scheduleId))) throw nexusError("workflow.schedule_unknown", scheduleId);
      await begin();
    },
    begin,
    end() {
      ended = true;
      stopTimer();
    },
    get count() {
      return count;
    },
  };
}

function checkCron(cron: string, now: number): void {
  if (cron.trim().split(/\s+/).length !== FIELDS)
    throw nexusError("workflow.schedule_invalid", `“${cron}” has not five fields: minute, hour, day, month, weekday.`);
  try {
    if (new Cron(cron, { paused: true }).nextRun(new Date(now)) !== null) return;
  } catch (error) {
    throw nexusError("workflow.schedule_invalid", `“${cron}”: ${error instanceof Error ? error.message : ""}`);
  }
  throw nexusError("workflow.schedule_invalid", `“${cron}” never comes.`);
}

/** Milliseconds; undefined: never again. */
function nextOf({ cron, settledAt }: Kept): number | undefined {
  return new Cron(cron, { paused: true }).nextRun(new Date(settledAt))?.getTime();
}

/** The latest time that is past and not settled: of several that were missed only this one counts. */
function lastDue(schedule: Kept, now: number): number | undefined {
  const first = nextOf(schedule);
  if (first === undefined || first > now) return undefined;
  const [latest] = new Cron(schedule.cron, { paused: true }).previousRuns(1, new Date(now + 1));
  return Math.max(first, latest?.getTime() ?? first);
}

function shown(schedule: Kept): Schedule {
  const next = nextOf(schedule);
  return { ...schedule, nextAt: next === undefined ? null : isoOf(next) };
}

function isoOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
