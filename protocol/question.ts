/** What an agent asks the person in words of its own, and the list of what it has set out to do. */
import * as z from "zod/mini";

export const Question = z.object({
  questionId: z.string(),
  taskId: z.string(),
  /** The agent, so that people know who asks. */
  agent: z.string(),
  text: z.string(),
  /** Answers to choose from; any other words are an answer too. At most 6. */
  choices: z.array(z.string()),
  /** The design document that it is about, by its path in the run's copy; left out: it is about none. */
  document: z.optional(z.string()),
});
/** A question is no approval: its answer allows nothing, it only tells the agent what the person wants. */
export type Question = z.infer<typeof Question>;

export const TodoItem = z.object({ text: z.string(), status: z.enum(["open", "doing", "done"]) });
export type TodoItem = z.infer<typeof TodoItem>;

export const TodoList = z.object({ taskId: z.string(), items: z.array(TodoItem) });
/** The agent's own list, at most 30 items: what it means to do, not what the run's plan says. */
export type TodoList = z.infer<typeof TodoList>;
