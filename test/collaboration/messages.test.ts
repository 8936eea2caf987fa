import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answerTo, compose, type Draft, type MailState, openQuestions } from "../../daemon/collaboration/messages.ts";
import { type AgentMessage, type MessageDelivery, unreadMessages } from "../../protocol/index.ts";

const tasks = [
  { id: "a", status: "working" },
  { id: "b", status: "working" },
  { id: "c", status: "waiting" },
  { id: "d", status: "done" },
];
const draft = (more: Partial<Draft> = {}): Draft => ({
  ...{ messageId: "m", from: "a", to: "b", kind: "inform", text: "Hello." },
  ...more,
});
const question: AgentMessage = { messageId: "q", from: "a", to: "b", kind: "question", text: "Which port?" };
const answer: AgentMessage = { ...question, messageId: "r", from: "b", to: "a", kind: "answer", inReplyTo: "q" };

function problem(state: MailState, more: Partial<Draft>): string | undefined {
  const composed = compose(state, draft(more));
  return composed.ok ? undefined : composed.problem;
}

describe("a message", () => {
  it("goes to a task, or to all who have not ended", () => {
    expect(compose({ tasks }, draft())).toMatchObject({ ok: true, message: { to: "b" } });
    expect(compose({ tasks }, draft({ to: "all" }))).toMatchObject({ ok: true, message: { recipients: ["b", "c"] } });
  });

  it.each<[string, Partial<Draft>, string]>([
    ["to nobody", { to: "x" }, 'There is no task "x" (there are: a, b, c, d).'],
    ["to one that has ended", { to: "d" }, "Task d has ended, so nobody would read it."],
    ["to oneself", { to: "a" }, "It is addressed to its own author."],
    ["without words", { text: " \n" }, "It is empty."],
    ["too long", { text: "x".repeat(4001) }, "It has 4001 characters; 4000 are allowed."],
    ["that answers nothing", { kind: "answer" }, "An answer names with inReplyTo the question that it answers."],
  ])("%s is refused", (_name, more, expected) => {
    expect(problem({ tasks }, more)).toBe(expected);
  });

  it("is refused where the box is full", () => {
    const messages = Array.from({ length: 10 }, (_, index): AgentMessage => ({ ...question, messageId: `${index}` }));
    expect(problem({ tasks, messages }, {})).toBe("Task b has 10 messages that it has not read yet.");
    expect(problem({ tasks, messages }, { to: "c" })).toBeUndefined();
  });

  it("answers a question once, by whom it was put to", () => {
    const reply = { from: "b", to: "a", kind: "answer", inReplyTo: "q" } as const;
    expect(problem({ tasks, messages: [question] }, reply)).toBeUndefined();
    expect(problem({ tasks, messages: [question] }, { ...reply, from: "c" })).toMatch(/inReplyTo/);
    expect(problem({ tasks, messages: [question] }, { ...reply, to: "c" })).toMatch(/came from a/);
    expect(problem({ tasks, messages: [question, answer] }, reply)).toBe("The question q is answered already.");
    expect(answerTo({ messages: [question, answer] }, "q")).toBe(answer);
    expect(answerTo({ messages: [question] }, "q")).toBeUndefined();
  });

  it("that asks is open from when it is read until it is answered", () => {
    const deliveries = [{ messageId: "q", taskId: "b", turn: 1 }];
    expect(openQuestions({ messages: [question] }, "b")).toEqual([]);
    expect(openQuestions({ messages: [question], deliveries }, "b")).toEqual([question]);
    expect(openQuestions({ messages: [question, answer], deliveries }, "b")).toEqual([]);
  });
});

it("is read once by each recipient, whatever the order", () => {
  const step = fc.oneof(
    fc.record({ from: fc.constantFrom("a", "b", "c"), to: fc.constantFrom("a", "b", "c", "all") }),
    fc.record({ reads: fc.constantFrom("a", "b", "c") }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const messages: AgentMessage[] = [];
      const deliveries: MessageDelivery[] = [];
      const read = (taskId: string) => {
        for (const { messageId } of unreadMessages({ messages, deliveries }, taskId))
          deliveries.push({ messageId, taskId, turn: 1 });
      };
      for (const [index, step] of steps.entries()) {
        if ("reads" in step) read(step.reads);
        else {
          const composed = compose({ tasks, messages, deliveries }, draft({ ...step, messageId: `${index}` }));
          if (composed.ok) messages.push(composed.message);
        }
      }
      for (const { id } of tasks) read(id);
      const due = messages.flatMap((message) =>
        (message.recipients ?? [message.to]).map((id) => `${message.messageId} ${id}`),
      );
      expect(deliveries.map(({ messageId, taskId }) => `${messageId} ${taskId}`).sort()).toEqual(due.sort());
    }),
  );
});
