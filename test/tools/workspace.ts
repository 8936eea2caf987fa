/** A throw-away workspace, and the gate around it with everything a test wants to look at. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { systemClock } from "../../daemon/host/clock.ts";
import { silentLog } from "../../daemon/observability/log-file.ts";
import type { AuditEntry } from "../../daemon/security/audit/record.ts";
import type { Judgement } from "../../daemon/security/judgement.ts";
import { type Taint, UNTAINTED } from "../../daemon/security/taint.ts";
import { TOOLS } from "../../daemon/tools/catalogue.ts";
import type { GateOptions, TaintPort } from "../../daemon/tools/gate/gate.ts";
import type { EffectJournal, Intent, RecordedOutcome } from "../../daemon/tools/gate/journal-port.ts";
import { createLockTable } from "../../daemon/tools/gate/locks.ts";
import { runTool } from "../../daemon/tools/run.ts";
import type { ToolContext } from "../../daemon/tools/tool.ts";
import type { ApprovalSubject } from "../../protocol/index.ts";

export function makeFolder(files: Record<string, string | Buffer> = {}): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "nexus-tools-")));
  onTestFinished(() => {
    for (const folder of [root, `${root}-edits`]) rmSync(folder, { recursive: true, force: true });
  });
  for (const [path, content] of Object.entries(files)) put(root, path, content);
  return root;
}

/** The same as a git repository with everything committed. */
export function makeRepository(files: Record<string, string | Buffer>): string {
  const root = makeFolder(files);
  git(root, "init", "-q");
  git(root, "add", "-A");
  git(root, "-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "-q", "-m", "start");
  return root;
}

export function git(root: string, ...args: string[]): string {
  return execFileSync("git", args, { cwd: root, encoding: "utf8" });
}

export function put(root: string, path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

export function get(root: string, path: string): string {
  return readFileSync(join(root, path), "utf8");
}

export function contextOf(root: string, changes: Partial<ToolContext> = {}): ToolContext {
  const { signal } = new AbortController();
  const editJournal = `${root}-edits`;
  return { root, linked: [], signal, editJournal, seen: new Map(), diff: async () => "", ...changes };
}

/** A journal in memory that remembers the order of what it was told, and can be copied as a crash would leave it. */
export interface MemoryJournal extends EffectJournal {
  readonly intents: Map<string, Intent>;
  readonly results: Map<string, RecordedOutcome>;
  /** Whole results of those that were cut. */
  readonly wholes: Map<string, string>;
  readonly order: string[];
}

export function memoryJournal(): MemoryJournal {
  const intents = new Map<string, Intent>();
  const results = new Map<string, RecordedOutcome>();
  const wholes = new Map<string, string>();
  const order: string[] = [];
  return {
    intents,
    results,
    wholes,
    order,
    recorded: async (key) => results.get(key),
    intended: async (key) => intents.get(key),
    async intend(key, intent) {
      order.push(`intend ${key}`);
      intents.set(key, intent);
    },
    async record(key, outcome, whole) {
      order.push(`record ${key}`);
      results.set(key, outcome);
      if (whole !== undefined) wholes.set(key, whole);
    },
  };
}

/** An audit that keeps what it is told. */
export function memoryAudit() {
  const entries: AuditEntry[] = [];
  return {
    entries,
    async record(entry: AuditEntry) {
      entries.push(entry);
    },
  };
}

export function memoryTaint(start: Taint = UNTAINTED): TaintPort {
  let bits = start;
  return {
    read: () => bits,
    async see(seen) {
      bits = { ...bits, ...seen };
    },
  };
}

const ALLOW: Judgement = { verdict: "allow", rule: "test", reason: "allowed by the test" };

export interface Call extends Partial<Omit<GateOptions, "call">> {
  readonly root?: string;
}

let keys = 0;

/** Calls one tool through the gate; arguments that are no string are written as JSON. */
export function call(root: string, tool: string, input: unknown, options: Call = {}): Promise<RecordedOutcome> {
  keys += 1;
  const argumentsText = typeof input === "string" ? input : JSON.stringify(input);
  return runTool({
    key: `call/${keys}`,
    call: { callId: `c${keys}`, tool, argumentsText },
    tools: TOOLS,
    context: contextOf(root),
    judgeAccess: async () => ALLOW,
    askApproval: async () => ({ decision: "reject" }),
    audit: memoryAudit(),
    actor: "agent:test",
    runId: "run",
    taint: memoryTaint(),
    locks: createLockTable(),
    journal: memoryJournal(),
    redact: (text) => text,
    log: silentLog,
    clock: systemClock,
    ...options,
  });
}

/** Answers every question the same way and keeps what was asked. */
export function person(answer: { decision: "approve" | "reject"; feedback?: string }) {
  const asked: { subject: ApprovalSubject; reason: string }[] = [];
  const askApproval: GateOptions["askApproval"] = async (subject, reason) => {
    asked.push({ subject, reason });
    return answer;
  };
  return { asked, askApproval };
}
