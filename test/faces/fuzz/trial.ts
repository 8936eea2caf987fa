/** Batches of inputs against one face: it must answer a probe after each, keep its memory, and leave others in peace. */

import { pieces } from "./damage.ts";
import type { Face, Session } from "./face.ts";
import { messageText } from "./messages.ts";
import { type Place, residentBytes } from "./place.ts";
import { createRandom, type Random } from "./random.ts";

export interface TrialOptions {
  readonly inputs: number;
  readonly seed: string;
  /** The first batch, to repeat one that failed. */
  readonly from: number;
}

export interface TrialResult {
  readonly passed: number;
  readonly failures: readonly string[];
  /** The slowest answer to the probe, and to another client, in milliseconds. */
  readonly slowest: ReadonlyMap<string, number>;
  /** Of all sessions: how many results, and how many errors of each code. */
  readonly tally: ReadonlyMap<string, number>;
  /** Growth of the face's and of the daemon's memory, from the middle of the inputs to their end; in bytes. */
  readonly growth: { readonly face: number; readonly daemon: number };
}

const BATCH = 40;
const PATIENCE_MS = 1000;
/** The machine may be at something else: what is late once is asked again, and may not be late again. */
const MAX_LATE = 3;
const MAX_GROWTH = 32 * 1024 * 1024;
const MAX_FAILURES = 10;

type Kind = "known" | "stranger" | "damaged";

export async function tryFace(face: Face, place: Place, { inputs, seed, from }: TrialOptions): Promise<TrialResult> {
  const notes = createNotes(face, seed);
  const sessions = createSessions(face, notes);
  let passed = 0;
  for (let batch = from; (batch - from) * BATCH < inputs && notes.failures.length < MAX_FAILURES; batch++) {
    const kind = kindOf(batch, face);
    const before = notes.failures.length;
    notes.begin(`batch ${batch} (${kind})`);
    const session = await sessions.take(kind);
    const isOver = await sendBatch(face, session, createRandom(`${seed}/${face.name}/${batch}`), kind);
    notes.answered("the probe", await lookAt(session, isOver, notes.fail));
    notes.answered(
      "another client",
      await timed(() => place.witness.request("run/show", { runId: place.runIds[0] ?? "" })),
    );
    for (const fault of session.faults.splice(0)) notes.fail(`it said ${fault}`);
    await sessions.giveBack(kind, notes.failures.length > before);
    if (notes.failures.length === before) passed += Math.min(BATCH, inputs - (batch - from) * BATCH);
    if (batch % 10 === 0) notes.measure(sessions.pid(), place.daemonPid);
  }
  notes.begin("the end");
  await sessions.close();
  return { passed, ...notes.result() };
}

interface Notes {
  readonly failures: readonly string[];
  begin(where: string): void;
  fail(what: string): void;
  answered(who: string, milliseconds: number): void;
  measure(face: number | undefined, daemon: number): void;
  count(tally: ReadonlyMap<string, number>): void;
  result(): Omit<TrialResult, "passed">;
}

function createNotes({ name }: Face, seed: string): Notes {
  const failures: string[] = [];
  const tally = new Map<string, number>();
  const slowest = new Map<string, number>();
  const memory: { face: number; daemon: number }[] = [];
  let where = "";
  let late = 0;
  const fail = (what: string) => void failures.push(`${name}, seed ${seed}, ${where}: ${what}`);
  return {
    failures,
    fail,
    begin(next) {
      where = next;
    },
    answered(who, milliseconds) {
      slowest.set(who, Math.max(slowest.get(who) ?? 0, milliseconds));
      if (milliseconds > PATIENCE_MS && ++late > MAX_LATE)
        fail(`${who} was answered after ${Math.round(milliseconds)} ms`);
    },
    measure(face, daemon) {
      if (face !== undefined) memory.push({ face: residentBytes(face) ?? 0, daemon: residentBytes(daemon) ?? 0 });
    },
    count(counted) {
      for (const [kind, count] of counted) tally.set(kind, (tally.get(kind) ?? 0) + count);
    },
    result() {
      const growth = {
        face: growthOf(memory.map(({ face }) => face)),
        daemon: growthOf(memory.map(({ daemon }) => daemon)),
      };
      for (const [who, bytes] of Object.entries(growth))
        if (bytes > MAX_GROWTH) fail(`the memory of the ${who} grew by ${Math.round(bytes / 2 ** 20)} MB`);
      return { failures, tally, slowest, growth };
    },
  };
}

/** One session lasts for as long as it may; strangers and those with damaged bytes have one of their own each. */
function createSessions(face: Face, notes: Notes) {
  const most = face.perSession ?? Number.POSITIVE_INFINITY;
  let lasting: Session | undefined;
  let own: Session | undefined;
  let sent = 0;

  async function leave(session: Session | undefined): Promise<void> {
    await session?.leave().catch((error: unknown) => notes.fail(String(error)));
    if (session !== undefined) notes.count(session.tally);
  }

  async function endLasting(): Promise<void> {
    const session = lasting;
    [lasting, sent] = [undefined, 0];
    await leave(session);
  }

  return {
    pid: () => lasting?.pid,
    async take(kind: Kind): Promise<Session> {
      if (kind !== "known") {
        own = await face.open(kind === "damaged");
        return own;
      }
      if (sent >= most) await endLasting();
      lasting ??= await face.open(true);
      sent += BATCH;
      return lasting;
    },
    async giveBack(kind: Kind, hasFailed: boolean): Promise<void> {
      if (kind !== "known") await leave(own);
      else if (hasFailed) await endLasting();
    },
    close: endLasting,
  };
}

function kindOf(batch: number, { strangerEvery }: Face): Kind {
  if (batch % strangerEvery === 3) return "stranger";
  return batch % strangerEvery === 7 ? "damaged" : "known";
}

/** True when the session may have ended, or may wait for the rest of a message. */
async function sendBatch(face: Face, session: Session, random: Random, kind: Kind): Promise<boolean> {
  for (let input = 0; input < BATCH; input++) {
    const frame = face.frame(messageText(random, face.grammar));
    const bytes = kind === "damaged" && random.chance(0.5) ? face.damaged(frame, random) : frame;
    const parts = random.chance(0.1) ? pieces(bytes, random) : [bytes];
    for (const part of parts) {
      session.send(part, part === parts.at(-1));
      if (parts.length > 1) await new Promise((resolve) => setImmediate(resolve));
    }
  }
  await session.settle?.();
  return kind !== "known";
}

/** Milliseconds until the probe was answered; 0 where nobody can be asked. */
async function lookAt(session: Session, isOver: boolean, fail: (what: string) => void): Promise<number> {
  const startedAt = performance.now();
  if (isOver) {
    // It may answer, end, or wait for more; only its end is looked at, by who leaves.
    await Promise.race([session.probe(), session.ended, wait(50)]);
    return 0;
  }
  const outcome = await Promise.race([
    session.probe().then(() => "answered"),
    session.ended,
    wait(20 * PATIENCE_MS).then(() => `no answer within ${20 * PATIENCE_MS} ms`),
  ]);
  if (outcome !== "answered") fail(outcome);
  return performance.now() - startedAt;
}

/** Between the middle and the end, by medians of a fifth: what is loaded and kept once is there by then, and heaps have their size. */
function growthOf(samples: readonly number[]): number {
  if (samples.length < 10) return 0;
  const part = Math.floor(samples.length / 5);
  return middle(samples.slice(-part)) - middle(samples.slice(2 * part, 3 * part));
}

function middle(values: readonly number[]): number {
  return values.toSorted((first, second) => first - second)[Math.floor(values.length / 2)] ?? 0;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
