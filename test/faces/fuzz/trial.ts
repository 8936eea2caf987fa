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
  /** The slowest probe and the slowest answer to the witness, in milliseconds. */
  readonly slowestMs: number;
  readonly witnessMs: number;
  /** Of all sessions: how many results, and how many errors of each code. */
  readonly tally: ReadonlyMap<string, number>;
  /** Growth of the face's and of the daemon's memory, from a fifth of the inputs to their end; in bytes. */
  readonly growth: { readonly face: number; readonly daemon: number };
}

const BATCH = 40;
const PATIENCE_MS = 1000;
/** The machine may be at something else: what is late once is asked again, and may not be late again. */
const MAX_LATE = 3;
const MAX_GROWTH = 96 * 1024 * 1024;
const MAX_FAILURES = 10;

type Kind = "known" | "stranger" | "damaged";

export async function tryFace(face: Face, place: Place, { inputs, seed, from }: TrialOptions): Promise<TrialResult> {
  const failures: string[] = [];
  const memory: { face: number; daemon: number }[] = [];
  let [passed, late, slowestMs, witnessMs] = [0, 0, 0, 0];
  const tally = new Map<string, number>();
  let lasting: Session | undefined;
  let sent = 0;

  async function leave(session: Session, fail: (what: string) => void): Promise<void> {
    await session.leave().catch((error: unknown) => fail(String(error)));
    for (const [kind, count] of session.tally) tally.set(kind, (tally.get(kind) ?? 0) + count);
  }

  for (let batch = from; (batch - from) * BATCH < inputs && failures.length < MAX_FAILURES; batch++) {
    const random = createRandom(`${seed}/${face.name}/${batch}`);
    const kind = kindOf(batch, face);
    const fail = (what: string) => failures.push(`${face.name}, seed ${seed}, batch ${batch} (${kind}): ${what}`);
    const before = failures.length;
    if (lasting !== undefined && sent >= (face.perSession ?? Number.POSITIVE_INFINITY)) await leave(lasting, fail);
    if (sent >= (face.perSession ?? Number.POSITIVE_INFINITY)) [lasting, sent] = [undefined, 0];
    const session = kind === "known" ? (lasting ??= await face.open(true)) : await face.open(kind === "damaged");
    const isOver = await sendBatch(face, session, random, kind);
    const wasMs = await lookAt(session, isOver, fail);
    slowestMs = Math.max(slowestMs, wasMs);
    if (wasMs > PATIENCE_MS && ++late > MAX_LATE) fail(`the probe was answered after ${Math.round(wasMs)} ms`);
    if (kind === "known") sent += BATCH;
    else await leave(session, fail);
    if (kind === "known" && failures.length > before) [lasting, sent] = [undefined, 0];
    for (const fault of session.faults.splice(0)) fail(`it said ${fault}`);
    const witness = await timed(() => place.witness.request("run/show", { runId: place.runIds[0] ?? "" }));
    witnessMs = Math.max(witnessMs, witness);
    if (witness > PATIENCE_MS && ++late > MAX_LATE) fail(`the witness waited ${Math.round(witness)} ms`);
    if (failures.length === before) passed += Math.min(BATCH, inputs - (batch - from) * BATCH);
    if (batch % 10 === 0 && lasting !== undefined)
      memory.push({ face: residentBytes(lasting.pid) ?? 0, daemon: residentBytes(place.daemonPid) ?? 0 });
  }
  if (lasting !== undefined) await leave(lasting, (what) => failures.push(`${face.name}, at the end: ${what}`));
  const growth = { face: growthOf(memory.map((at) => at.face)), daemon: growthOf(memory.map((at) => at.daemon)) };
  for (const [who, bytes] of Object.entries(growth))
    if (bytes > MAX_GROWTH)
      failures.push(`${face.name}: the memory of the ${who} grew by ${Math.round(bytes / 2 ** 20)} MB`);
  return { passed, failures, slowestMs, witnessMs, tally, growth };
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
      session.send(part);
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

/** Between a fifth and the end, by medians: what is loaded and kept once is there by then. */
function growthOf(samples: readonly number[]): number {
  if (samples.length < 10) return 0;
  const part = Math.floor(samples.length / 5);
  return middle(samples.slice(-part)) - middle(samples.slice(part, 2 * part));
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
