/** Models that connected clients offer: who is asked, for how long, and what counts as an answer. */
import { type Answer, type ModelAnswer, NexusError, type Params } from "../../../protocol/index.ts";
import type { Clock } from "../../host/clock.ts";
import type { EditorCall, EditorModels } from "../../models/editor.ts";
import { ModelCallError } from "../../models/failure.ts";
import type { ConnectedClient } from "../rpc/clients.ts";
import { type ClientChoice, nameOf } from "./choice.ts";

export interface ClientModels extends EditorModels {
  /** A piece of an answer, over the connection with that id. */
  piece(connectionId: string, piece: Params<"model/piece">): Answer<"model/piece">;
}

interface ClientModelsOptions {
  readonly choice: ClientChoice;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** Without a client that offers the model. */
const WAIT_MS = 10 * 60_000;
/** Until the first piece: the editor may ask the person first whether Nexus may use the model. */
const FIRST_PIECE_MS = 5 * 60_000;
const NEXT_PIECE_MS = 2 * 60_000;
/** However many pieces come. */
const LONGEST_MS = 60 * 60_000;
const MAX_CHARACTERS = 4_000_000;

type AskOptions = Parameters<EditorModels["ask"]>[1];

interface OpenCall {
  readonly clientId: string;
  piece(text: string): void;
}

export function createClientModels({ choice, clock, newId }: ClientModelsOptions): ClientModels {
  const open = new Map<string, OpenCall>();

  async function ask(call: EditorCall, options: AskOptions): Promise<ModelAnswer> {
    const tried = new Set<string>();
    let last: ModelAnswer | ModelCallError | undefined;
    for (;;) {
      options.signal.throwIfAborted();
      const client = choice.able("client/model", call.runId).find(({ connectionId }) => !tried.has(connectionId));
      if (client === undefined) {
        if (last instanceof ModelCallError) throw last;
        if (last !== undefined) return last;
        await waitForClient(call.model, options);
        continue;
      }
      tried.add(client.connectionId);
      const answer = await askOne(client, call, options).catch((error: unknown) => otherwise(client, error, options));
      const isFinal = !(answer instanceof ModelCallError) && !isNotFound(answer);
      if (isFinal) return answer;
      last = answer;
    }
  }

  /** Rejects with `model.no_client` when none has come in time. */
  async function waitForClient(model: string, { signal, onWait }: AskOptions): Promise<void> {
    onWait(`No connected editor offers a model (${model}). The run goes on when one is there, within ten minutes.`);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    const stopTimer = clock.timer(WAIT_MS, () => reject(new ModelCallError("model.no_client")));
    const unsubscribe = choice.onAble("client/model", () => resolve());
    try {
      await promise;
    } finally {
      unsubscribe();
      stopTimer();
      signal.removeEventListener("abort", onAbort);
    }
  }

  async function askOne(
    client: ConnectedClient,
    call: EditorCall,
    { signal, onText }: AskOptions,
  ): Promise<ModelAnswer> {
    const callId = newId();
    const ending = new AbortController();
    const silence = (milliseconds: number) =>
      clock.timer(milliseconds, () => ending.abort(new ModelCallError("model.timeout", `(${nameOf(client)})`)));
    let stopTimer = silence(FIRST_PIECE_MS);
    let characters = 0;
    open.set(callId, {
      clientId: client.connectionId,
      piece(text) {
        stopTimer();
        stopTimer = silence(NEXT_PIECE_MS);
        characters += text.length;
        if (characters > MAX_CHARACTERS) ending.abort(new ModelCallError("model.bad_answer", "It was too large."));
        else if (text !== "") onText(text);
      },
    });
    const over = AbortSignal.any([signal, ending.signal]);
    try {
      return await client.ask("client/model", { ...call, callId }, { timeoutMs: LONGEST_MS, signal: over });
    } catch (error) {
      if (over.aborted) throw over.reason;
      if (client.closed.aborted) throw new ModelCallError("model.stream_cut", `${nameOf(client)} has gone.`);
      throw error;
    } finally {
      stopTimer();
      open.delete(callId);
    }
  }

  return {
    ask,
    piece(connectionId, { callId, text }) {
      const call = open.get(callId);
      if (call?.clientId !== connectionId) return { wanted: false };
      call.piece(text);
      return { wanted: open.has(callId) };
    },
  };
}

/** Of a client that cannot answer as it declared another one may be asked; everything else is the call's own end. */
function otherwise(client: ConnectedClient, error: unknown, { signal }: AskOptions): ModelCallError {
  signal.throwIfAborted();
  if (error instanceof ModelCallError) throw error;
  const code = error instanceof NexusError ? error.value.code : "";
  if (code === "client.timeout") throw new ModelCallError("model.timeout", `(${nameOf(client)})`);
  if (code === "client.busy") throw new ModelCallError("model.overloaded", `(${nameOf(client)})`);
  const words = error instanceof NexusError ? error.value.message : String(error);
  return new ModelCallError("model.bad_answer", `${nameOf(client)}: ${words}`.slice(0, 400), { cause: error });
}

function isNotFound(answer: ModelAnswer): boolean {
  return answer.outcome === "failed" && answer.reason === "not_found";
}
