/** Questions of agents: as a form where the client has forms, else as a message that the next prompt answers. */
import type { CreateElicitationResponse, ElicitationSchema } from "@agentclientprotocol/sdk";
import type { Question, RunState } from "../../../protocol/index.ts";
import { revealed } from "../../tools/gate/result.ts";
import type { DaemonLink } from "../link.ts";
import type { SessionClient } from "./client.ts";
import { insist } from "./insist.ts";
import { messageChunk } from "./run-updates.ts";
import { fenced } from "./tool-calls.ts";

export interface QuestionOptions {
  readonly sessionId: string;
  readonly client: SessionClient;
  readonly link: DaemonLink;
  /** Told of a question that the next prompt is to answer. */
  readonly onSpoken: (question: Question) => void;
}

export interface QuestionAsker {
  update(state: RunState): void;
  stop(): void;
}

const NO_ANSWER = "(no answer: decide by yourself)";

export function createQuestionAsker({ sessionId, client, link, onSpoken }: QuestionOptions): QuestionAsker {
  const asked = new Map<string, AbortController>();

  async function ask(runId: string, question: Question, withdraw: AbortSignal): Promise<void> {
    const answer = client.abilities.forms ? await fillIn(question, withdraw) : undefined;
    if (withdraw.aborted) return;
    if (answer === undefined) return speak(runId, question);
    const { questionId } = question;
    await insist(() => link.request("question/answer", { runId, questionId, answer }));
  }

  /** Undefined when the form was put away without an answer. */
  async function fillIn({ text, agent, choices }: Question, withdraw: AbortSignal): Promise<string | undefined> {
    const wait = { cancellationSignal: withdraw, stopWaitingOnCancel: true };
    const form = {
      mode: "form" as const,
      sessionId,
      message: revealed(`${agent} asks: ${text}`),
      requestedSchema: schemaOf(choices),
    };
    try {
      return answerOf(await client.context.request("elicitation/create", form, wait));
    } catch {
      return undefined;
    }
  }

  async function speak(runId: string, question: Question): Promise<void> {
    await client.tell([messageChunk(`${runId}/${question.questionId}`, spokenText(question))]);
    onSpoken(question);
  }

  return {
    update({ runId, pendingQuestions = [] }) {
      const open = new Set(pendingQuestions.map(({ questionId }) => questionId));
      for (const [questionId, withdraw] of asked)
        if (!open.has(questionId)) {
          asked.delete(questionId);
          withdraw.abort();
        }
      for (const question of pendingQuestions) {
        if (asked.has(question.questionId)) continue;
        const withdraw = new AbortController();
        asked.set(question.questionId, withdraw);
        ask(runId, question, withdraw.signal).catch(() => undefined);
      }
    },
    stop() {
      for (const withdraw of asked.values()) withdraw.abort();
      asked.clear();
    },
  };
}

function schemaOf(choices: readonly string[]): ElicitationSchema {
  const words = { type: "string" as const, title: "Your answer" };
  if (choices.length === 0) return { type: "object", properties: { answer: words }, required: ["answer"] };
  const choice = { type: "string" as const, title: "Choose one", enum: [...choices] };
  return { type: "object", properties: { choice, answer: { ...words, title: "Or in your own words" } } };
}

function answerOf(filled: CreateElicitationResponse): string | undefined {
  if (filled.action === "decline") return NO_ANSWER;
  const content = "content" in filled && filled.action === "accept" ? filled.content : undefined;
  if (typeof content !== "object" || content === null) return undefined;
  const given = new Map<string, unknown>(Object.entries(content));
  const words = [given.get("answer"), given.get("choice")].find(
    (value) => typeof value === "string" && value.trim() !== "",
  );
  return typeof words === "string" ? words.slice(0, 10_000) : NO_ANSWER;
}

/** As code: in Markdown an agent's words could hide some of themselves, or look like ours. */
function spokenText({ agent, text, choices }: Question): string {
  const listed = choices.map((choice, index) => `${index + 1}. ${choice.replaceAll("\n", "⏎")}`);
  const asked = [`${agent.replaceAll("\n", "⏎")}: ${text}`, ...(listed.length === 0 ? [] : ["", ...listed])].join("\n");
  return `\n**An agent asks:**\n\n${fenced(revealed(asked))}\n\nAnswer with your next message.\n`;
}

/** What a prompt says to a question that was told as a message: a choice by its number, or the words themselves. */
export function spokenAnswer({ choices }: Question, typed: string): string {
  const words = typed.trim();
  const chosen = /^\d{1,2}$/.test(words) ? choices[Number(words) - 1] : undefined;
  return chosen ?? (words === "" ? NO_ANSWER : words.slice(0, 10_000));
}
