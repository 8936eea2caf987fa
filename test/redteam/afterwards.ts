/** What must hold after every attack: the daemon lives and works, each decision is on record, the canary is nowhere. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import type { Call } from "./case.ts";
import { type Daemon, type Mode, type RunOutcome, runCalls } from "./drive.ts";
import type { Place } from "./place.ts";

interface AuditLine {
  readonly entry: { event: string; runId: string | null; action: string; reason: string; verdict: string };
}

function recordsOf({ nexus }: Daemon): AuditLine[] {
  const folder = join(nexus.home, "audit");
  // It is made with the first decision.
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl"))
    .sort();
  const text = files.map((name) => readFileSync(join(folder, name), "utf8")).join("");
  return text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));
}

/** For each call what is wrong with its record: each that was decided on has one, with a reason, in their order. */
export function recordProblems(
  daemon: Daemon,
  { runId, calls }: Pick<RunOutcome, "runId" | "calls">,
  made: readonly Call[],
): (string | undefined)[] {
  const records = recordsOf(daemon).filter(({ entry }) => entry.event === "tool" && entry.runId === runId);
  let at = 0;
  return made.map(({ tool }, index) => {
    const { status, output, asked } = calls[index] ?? { status: "missing", output: "", asked: false };
    if (status === "missing" || (!asked && status === "failed" && isNoCall(output))) return undefined;
    const found = records.findIndex(({ entry }, place) => place >= at && entry.action.startsWith(`${tool} `));
    if (found < 0) return `no audit record of ${tool} (${status}: ${output.slice(0, 100)})`;
    at = found + 1;
    return records[found]?.entry.reason === "" ? "its audit record has no reason" : undefined;
  });
}

/** No such tool, or arguments that are none: there was nothing to decide. */
function isNoCall(output: string): boolean {
  return output.includes("is not among") || output.includes("do not fit its schema");
}

export function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  // In base64 the text depends on how many bytes stand before it; its ends depend on its neighbours.
  const inside = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
    return text.slice(offset === 0 ? 0 : offset + 1, -4);
  });
  return [secret, bytes.toString("hex"), ...inside];
}

/** Empty when all is well. Ends the daemon. */
export async function afterwards(daemon: Daemon, place: Place, mode: Mode): Promise<string[]> {
  const problems: string[] = [];
  const read = { tool: "read_file", arguments: { path: "README.md" } };
  const look = () => undefined;
  const work = runCalls({ daemon, place, mode, calls: [read], decide: () => "reject", look });
  const run = await work.catch((error: unknown) => `${error}`);
  if (typeof run === "string") problems.push(`the daemon does not work any more: ${run}`);
  else if (run.calls[0]?.status !== "done")
    problems.push(`a harmless task failed afterwards: ${run.calls[0]?.output.slice(0, 200)}`);
  daemon.connection.close();
  await daemon.nexus.run("daemon", "stop");
  const verified = await daemon.nexus.run("audit", "verify");
  if (verified.code !== 0) problems.push(`the audit log is damaged: ${verified.stdout}${verified.stderr}`);
  problems.push(...leaksBelow(daemon.nexus.home, place.canary));
  return problems;
}

/** Copies of the user's own files may hold what these hold. */
function leaksBelow(home: string, canary: string): string[] {
  const forms = formsOf(canary).flatMap((form) => [Buffer.from(form), Buffer.from(form, "utf16le")]);
  return readdirSync(home, { recursive: true, encoding: "utf8" }).flatMap((name) => {
    const path = join(home, name);
    if (name.split(sep)[0] === "worktrees" || !statSync(path, { throwIfNoEntry: false })?.isFile()) return [];
    const bytes = readFileSync(path);
    const at = forms.map((form) => bytes.indexOf(form)).find((place) => place >= 0);
    if (at === undefined) return [];
    const around = bytes.toString("latin1", Math.max(0, at - 300), at + 100).replace(/[^ -~]+/g, " ");
    return [`the canary is in ${name} of the data folder: …${around}…`];
  });
}
