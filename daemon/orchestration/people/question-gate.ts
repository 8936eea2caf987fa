/** Asks a person something in an agent's words and waits, through restarts, until some client has answered. */
import { nexusError, type Params, type Question, type RunState } from "../../../protocol/index.ts";
import { ON_PERSON } from "../../collaboration/wait-for.ts";
import { hashOf } from "../../host/files.ts";
import type { Store } from "../../store/store.ts";
import { type RunContext, record } from "../run-context.ts";
import type { Caller } from "../run-service.ts";
import { whileWaiting } from "../team/life.ts";

/**
 * Resolves with the person's words. `key` names the place in the run, so that the same question is asked once however
 * often the run restarts. Rejects with the signal's reason when the run stops.
 */
export async function askQuestion(context: RunContext, asked: Asked): Promise<string> {
  return (await askPerson(context, asked)).answer;
}

type Asked = Omit<Question, "questionId"> & { readonly key: string };

export interface PersonsAnswer {
  readonly answer: string;
  /** Who gave it: a client's name. */
  readonly by: string;
}

/** As askQuestion; also says who answered. */
export async function askPerson(context: RunContext, { key, ...asked }: Asked): Promise<PersonsAnswer> {
  const questionId = hashOf(`${context.runId}/${key}/${asked.text}`).slice(0, 16);
  const { redact } = context;
  const question = { questionId, ...asked, text: redact(asked.text), choices: asked.choices.map(redact) };
  const answered = waitForAnswer(context, questionId);
  try {
    await record(context, { type: "question.asked", question }, `question/${questionId}`);
    const waits = { reason: `It asked: ${question.text}`, key: `question/${questionId}`, on: ON_PERSON };
    // The wait is told however quick the person was: what is recorded must not depend on a race.
    return await whileWaiting(context, asked.taskId, waits, async () => {
      const known = await context.store.events.find(context.runId, answerKey(questionId));
      return known?.body.type === "question.answered" ? known.body : answered.promise;
    });
  } finally {
    answered.dispose();
  }
}

/** Records the answer; the first takes the key. Rejects with `question.unknown` where it comes too late. */
export async function answerQuestion(
  store: Pick<Store, "events">,
  state: RunState,
  { questionId, answer }: Params<"question/answer">,
  caller: Caller,
): Promise<void> {
  if (state.pendingQuestions?.some((question) => question.questionId === questionId) !== true)
    throw nexusError("question.unknown");
  const body = { type: "question.answered" as const, questionId, answer, by: caller.name };
  const [event] = await store.events.append(state.runId, [{ body, key: answerKey(questionId) }]);
  if (event?.body.type === "question.answered" && event.body.answer !== answer)
    throw nexusError("question.unknown", `${event.body.by} answered first.`);
}

function answerKey(questionId: string): string {
  return `question/${questionId}/answer`;
}

function waitForAnswer(context: RunContext, questionId: string): { promise: Promise<PersonsAnswer>; dispose(): void } {
  const { promise, resolve, reject } = Promise.withResolvers<PersonsAnswer>();
  promise.catch(() => undefined);
  const onAbort = () => reject(context.signal.reason);
  const unsubscribe = context.store.events.subscribe(({ runId, body }) => {
    if (runId === context.runId && body.type === "question.answered" && body.questionId === questionId) resolve(body);
  });
  if (context.signal.aborted) onAbort();
  context.signal.addEventListener("abort", onAbort, { once: true });
  return {
    promise,
    dispose() {
      unsubscribe();
      context.signal.removeEventListener("abort", onAbort);
    },
  };
}
