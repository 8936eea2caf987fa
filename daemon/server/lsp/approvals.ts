/** What runs of the client's folders ask, shown to the person at the editor; nobody else answers here, and nothing by itself. */
import { NexusError } from "../../../protocol/errors.ts";
import type { Approval, Question, RunEvent, RunState } from "../../../protocol/index.ts";
import { askPerson, isShownWhole } from "./asking.ts";
import { wordsOf } from "./errors.ts";
import type { Face, Feature } from "./feature.ts";
import { approvalText, questionText, short } from "./subject-text.ts";

/** A client may show all of its messages at once: more are shown when these are answered. */
const MOST_SHOWN = 5;

const APPROVE = "Approve";
const REJECT = "Reject";
const SHOW = "Show all of it";
const ELSEWHERE =
  "This editor cannot show all of it. To approve it: `nexus approvals` and `nexus approve` in a terminal.";

/** Something that waits for an answer. */
interface Item {
  readonly id: string;
  readonly runId: string;
  readonly title: string;
  ask(signal: AbortSignal): Promise<(() => Promise<unknown>) | undefined>;
}

export function createApprovals(face: Face): Feature {
  const open = new Map<string, { readonly runId: string; readonly controller: AbortController }>();
  const waiting: Item[] = [];
  /** What was shown is not shown again by itself. */
  const shown = new Map<string, { readonly runId: string }>();

  function approvalItem({ runId, prompt }: RunState, approval: Approval): Item {
    const { approvalId, subjectHash, title } = approval;
    const text = approvalText(approval, { prompt });
    return {
      ...{ id: approvalId, runId, title },
      async ask(signal) {
        const chosen = await askWhole(text, approvalId, signal);
        if (chosen === undefined) return undefined;
        const decision = chosen === APPROVE ? "approve" : "reject";
        return () => face.link.request("approval/answer", { runId, approvalId, subjectHash, decision });
      },
    };
  }

  /** What does not fit into a message is shown as a document first: nobody approves what could not be read. */
  async function askWhole(text: string, id: string, signal: AbortSignal): Promise<string | undefined> {
    if (isShownWhole(text)) return askPerson(face, text, [APPROVE, REJECT], { signal });
    const head = `${text.slice(0, 600)}\n…`;
    if (!face.reports.canShow) return askPerson(face, `${head}\n${ELSEWHERE}`, [REJECT], { signal });
    const first = await askPerson(face, `${head}\nAll of it can be approved when it was shown.`, [SHOW, REJECT], {
      signal,
    });
    if (first !== SHOW) return first;
    const { shown: isShown } = await face.reports.open(`approval-${id}`, text, "plain");
    if (!isShown) return askPerson(face, `${head}\nThe rest could not be shown.`, [REJECT], { signal });
    return askPerson(face, `${head}\nThe document shows all of it.`, [APPROVE, REJECT], { signal });
  }

  function questionItem({ runId, prompt }: RunState, question: Question): Item {
    const { questionId, choices } = question;
    const how =
      choices.length > 0 ? "" : `\nAnswer with the command nexus.answer, ["${runId}", "${questionId}", "your words"].`;
    return {
      ...{ id: questionId, runId, title: question.text },
      async ask(signal) {
        const text = questionText(question, { prompt }) + how;
        const answer = await askPerson(face, text, choices, { signal, level: "info" });
        return answer === undefined
          ? undefined
          : () => face.link.request("question/answer", { runId, questionId, answer });
      },
    };
  }

  async function show(item: Item): Promise<void> {
    const controller = new AbortController();
    open.set(item.id, { runId: item.runId, controller });
    try {
      const send = await item.ask(controller.signal);
      const isWithdrawn = controller.signal.aborted;
      // From now on it is this person's own answer that the run tells.
      if (!isWithdrawn) open.delete(item.id);
      if (isWithdrawn && send !== undefined)
        face.say("warning", `Your answer came too late: “${short(item.title)}” was answered before.`);
      else if (!isWithdrawn) await send?.();
    } catch (error) {
      if (error instanceof NexusError) face.say("warning", `“${short(item.title)}”: ${wordsOf(error)}`);
      else throw error;
    } finally {
      showNext();
    }
  }

  function showNext(): void {
    const item = open.size < MOST_SHOWN ? waiting.shift() : undefined;
    if (item === undefined) return;
    void show(item).catch((error: unknown) => face.connection.console.error(String(error)));
    showNext();
  }

  function changed(state: RunState, event: RunEvent | undefined): void {
    const items = [
      ...state.pendingApprovals.map((approval) => approvalItem(state, approval)),
      ...(state.pendingQuestions ?? []).map((question) => questionItem(state, question)),
    ];
    for (const item of items)
      if (!shown.has(item.id)) {
        shown.set(item.id, { runId: item.runId });
        waiting.push(item);
      }
    answered(event);
    const left = new Set(items.map(({ id }) => id));
    const isOver = ([id, { runId }]: [string, { readonly runId: string }]) => runId === state.runId && !left.has(id);
    for (const [id] of [...shown].filter(isOver)) {
      withdraw(id, "elsewhere");
      shown.delete(id);
    }
    showNext();
  }

  /** By whoever: what is shown of it is withdrawn, and clients that keep showing it are told. */
  function answered(event: RunEvent | undefined): void {
    const body = event?.body;
    if (body?.type === "approval.answered") withdraw(body.approvalId, `${past(body.decision)} by ${body.by}`);
    else if (body?.type === "question.answered") withdraw(body.questionId, `answered by ${body.by}`);
  }

  function withdraw(id: string, how: string): void {
    const item = waiting.findIndex((each) => each.id === id);
    if (item >= 0) waiting.splice(item, 1);
    const shownNow = open.get(id);
    if (shownNow === undefined) return;
    open.delete(id);
    shownNow.controller.abort();
    face.say("info", `A question of Nexus is answered: ${how}.`);
  }

  /** Asks all that waits once more, also what was closed without an answer. */
  async function askAgain(): Promise<{ readonly waiting: number }> {
    const { approvals } = await face.link.request("approval/list", {});
    const states = face.runs.states();
    for (const state of states) {
      for (const { approvalId } of state.pendingApprovals) if (!open.has(approvalId)) shown.delete(approvalId);
      for (const { questionId } of state.pendingQuestions ?? []) if (!open.has(questionId)) shown.delete(questionId);
      changed(state, undefined);
    }
    const own = approvals.filter(({ runId }) => states.some((state) => state.runId === runId));
    if (own.length === 0) face.say("info", "No approval waits.");
    return { waiting: own.length };
  }

  let end: () => void = () => undefined;
  return {
    commands: { "nexus.approvals": askAgain },
    start() {
      if (!face.choices.approvals) return;
      end = face.runs.onChange(changed);
      for (const state of face.runs.states()) changed(state, undefined);
    },
    stop() {
      end();
      waiting.length = 0;
      for (const { controller } of open.values()) controller.abort();
    },
  };
}

function past(decision: "approve" | "reject"): string {
  return decision === "approve" ? "approved" : "rejected";
}
