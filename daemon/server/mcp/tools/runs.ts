/** Tools that look at runs: which there are, how one stands, what happened, what it changed. */
import * as z from "zod/mini";
import {
  ChangedFile,
  ErrorValue,
  FileDecision,
  FileDiff,
  isEnded,
  Question,
  type RunEvent,
  type RunState,
  RunStatus,
  TaskStatus,
} from "../../../../protocol/index.ts";
import { type Desk, runOf } from "../desk.ts";
import { collectEvents, fittingEvents } from "../watching.ts";
import { count, cursor, folder, nextCursor, runId, text } from "./fields.ts";
import { type Tool, type ToolCall, tool } from "./tool.ts";

const MOST_PROMPT = 2000;
const MOST_FILES = 300;
const MOST_FINDINGS = 100;

export const RunDigest = z.object({
  runId: z.string(),
  sessionId: z.string(),
  workspace: z.string(),
  prompt: z.string(),
  status: RunStatus,
  phase: z.nullable(z.string()),
  mode: z.string(),
  headless: z.boolean(),
  summary: z.string(),
  answer: z.nullable(z.string()),
  error: z.nullable(ErrorValue),
  tasks: z.array(
    z.object({ id: z.string(), title: z.string(), agent: z.string(), status: TaskStatus, summary: z.string() }),
  ),
  /** The first 300. */
  files: z.array(z.object({ ...ChangedFile.shape, decision: FileDecision })),
  fileCount: z.int(),
  findings: z.array(z.object({ severity: z.string(), path: z.nullable(z.string()), message: z.string() })),
  pendingApprovals: z.array(z.object({ approvalId: z.string(), title: z.string(), reason: z.string() })),
  pendingQuestions: z.array(Question),
  costUsd: z.number(),
  limitUsd: z.nullable(z.number()),
  createdAt: z.string(),
  updatedAt: z.string(),
  lastSeq: z.int(),
});
/** What of a run's state an assistant needs; plan, events and diffs have tools of their own. */
export type RunDigest = z.infer<typeof RunDigest>;

const Events = z.object({
  events: z.array(
    z.object({ runId: z.string(), seq: z.int(), at: z.string(), body: z.looseObject({ type: z.string() }) }),
  ),
  nextAfter: z.int().check(z.describe("Pass it as `after` for what comes next.")),
  lastSeq: z.int(),
  hasEnded: z.boolean().check(z.describe("The run has ended and these are its last events.")),
});

export function digestOf(run: RunState): RunDigest {
  const { changes, budget, tasks, pendingApprovals, pendingQuestions = [], seq: lastSeq } = run;
  const files = changes?.changeSet.files ?? [];
  return RunDigest.parse({
    ...run,
    prompt: run.prompt.slice(0, MOST_PROMPT),
    tasks: tasks.map(({ id, title, agent, status, summary }) => ({ id, title, agent, status, summary })),
    fileCount: files.length,
    findings: run.findings.slice(0, MOST_FINDINGS),
    files: files
      .slice(0, MOST_FILES)
      .map((file) => ({ ...file, decision: changes?.decisions[file.path] ?? "pending" })),
    pendingApprovals: pendingApprovals.map(({ approvalId, title, reason }) => ({ approvalId, title, reason })),
    pendingQuestions,
    costUsd: budget.spentUsd,
    limitUsd: budget.limitUsd,
    lastSeq,
  });
}

export function runTools(desk: Desk): Tool[] {
  const { looking } = desk.links;
  return [
    tool({
      name: "list_runs",
      title: "List runs",
      description: "Runs of the folder, newest first, whoever started them: editor, command line or an assistant.",
      input: z.strictObject({ limit: count("How many runs a page has; default 20.", 100), cursor, folder }),
      output: z.object({
        runs: z.array(
          z.object({
            runId: z.string(),
            sessionId: z.string(),
            prompt: z.string(),
            status: RunStatus,
            costUsd: z.number(),
            pendingFiles: z.int(),
            createdAt: z.string(),
            updatedAt: z.string(),
          }),
        ),
        nextCursor,
      }),
      async call({ folder: wanted, limit = 20, cursor: from }, { signal }) {
        const workspace = await desk.folders().resolve(wanted);
        const page = { workspace, limit, ...(from === undefined ? {} : { cursor: from }) };
        const { runs, nextCursor: next } = await looking.request("run/list", page, { signal });
        return { runs: runs.map((run) => ({ ...run, prompt: run.prompt.slice(0, MOST_PROMPT) })), nextCursor: next };
      },
    }),
    tool({
      name: "show_run",
      title: "Show a run",
      description: "How a run stands: status, tasks, files that it changed, what it waits for, what it cost.",
      input: z.strictObject({ runId }),
      output: RunDigest,
      call: async (params, { signal }) => digestOf(await runOf(desk, params.runId, signal)),
    }),
    tool({
      name: "run_events",
      title: "Events of a run",
      description: "A page of what happened in a run, in order, numbered from 1. Does not wait.",
      input: z.strictObject({
        runId,
        after: z.optional(z.int().check(z.gte(0), z.describe("Events above this number; default 0."))),
        limit: count("How many events; default 50.", 200),
      }),
      output: Events,
      async call({ runId: id, after = 0, limit = 50 }, { signal }) {
        const run = await runOf(desk, id, signal);
        const { events, lastSeq } = await looking.request("run/events", { runId: id, after, limit }, { signal });
        return eventsOf(events, after, lastSeq, run);
      },
    }),
    tool({
      name: "watch_run",
      title: "Watch a run",
      description:
        "Follows a run from a number on: answers when enough has happened, when it ended or asks a person something, or when the time is over. Each event is also told as progress.",
      input: z.strictObject({
        runId,
        after: z.optional(z.int().check(z.gte(0), z.describe("Events above this number; default 0."))),
        limit: count("Answer after so many events; default 100.", 200),
        seconds: count("How long to wait for them at most; default 30.", 300),
      }),
      output: Events,
      call: (params, call) => watchRun(desk, params, call),
    }),
    tool({
      name: "run_diff",
      title: "Diff of a run",
      description:
        "What a run changed, as unified diffs: of one file, or of all until the budget of characters is used up.",
      input: z.strictObject({
        runId,
        path: z.optional(text("One file of the change.", 4096)),
        characters: z.optional(z.int().check(z.gte(1000), z.lte(200_000), z.describe("Default 60000."))),
      }),
      output: z.object({
        files: z.array(FileDiff),
        left: z.array(z.string()).check(z.describe("Files of the change that are not shown: ask for them one by one.")),
      }),
      async call({ runId: id, path, characters = 60_000 }, { signal }) {
        const run = await runOf(desk, id, signal);
        const all = (run.changes?.changeSet.files ?? []).map((file) => file.path);
        const paths = path === undefined ? all : [path];
        const files: FileDiff[] = [];
        let room = characters;
        for (const each of paths) {
          if (room <= 0) break;
          const { diff } = await looking.request("changes/diff", { runId: id, path: each }, { signal });
          const patch = diff.patch.slice(0, room);
          files.push({ ...diff, patch, truncated: diff.truncated || patch.length < diff.patch.length });
          room -= patch.length;
        }
        return { files, left: paths.slice(files.length) };
      },
    }),
  ];
}

interface WatchParams {
  readonly runId: string;
  readonly after?: number | undefined;
  readonly limit?: number | undefined;
  readonly seconds?: number | undefined;
}

async function watchRun(desk: Desk, { runId: id, after = 0, limit = 100, seconds = 30 }: WatchParams, call: ToolCall) {
  const { signal } = call;
  const before = await runOf(desk, id, signal);
  // Of a run that has ended there is nothing to wait for.
  const most = isEnded(before.status) ? Math.min(limit, before.seq - after) : limit;
  const told = (event: RunEvent) => call.progress(event.body.type, event.seq);
  const events = most <= 0 ? [] : await collectEvents(desk, { runId: id, after, limit: most, seconds, signal, told });
  const run = await runOf(desk, id, signal);
  return eventsOf(events, after, run.seq, run);
}

function eventsOf(page: readonly RunEvent[], after: number, lastSeq: number, run: RunState) {
  const events = fittingEvents(page);
  const nextAfter = events.at(-1)?.seq ?? after;
  return { events, nextAfter, lastSeq, hasEnded: isEnded(run.status) && nextAfter >= run.seq };
}
