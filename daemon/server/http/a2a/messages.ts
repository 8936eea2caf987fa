/** What A2A clients send: version 1.0, and the shapes of 0.3 where the same words mean the same. */
import * as z from "zod/mini";

const id = z.string().check(z.minLength(1), z.maxLength(200));
const Part = z.object({ text: z.optional(z.string().check(z.maxLength(100_000))), kind: z.optional(z.string()) });

const Message = z.object({
  messageId: id,
  contextId: z.optional(z.string().check(z.maxLength(200))),
  taskId: z.optional(z.string().check(z.maxLength(200))),
  parts: z.array(Part).check(z.minLength(1), z.maxLength(50)),
});

export const SendParams = z.object({
  message: Message,
  configuration: z.optional(
    z.object({
      returnImmediately: z.optional(z.boolean()),
      /** As 0.3 says the opposite. */
      blocking: z.optional(z.boolean()),
    }),
  ),
});
export type SendParams = z.infer<typeof SendParams>;

export const TaskParams = z.object({ id });

export const ListParams = z.object({
  contextId: z.optional(z.string().check(z.maxLength(200))),
  pageSize: z.optional(z.int().check(z.gte(1), z.lte(100))),
  pageToken: z.optional(z.string().check(z.maxLength(1000))),
});

export const Envelope = z.object({
  jsonrpc: z.literal("2.0"),
  id: z.optional(z.union([z.string().check(z.maxLength(200)), z.number(), z.null()])),
  method: z.string().check(z.maxLength(100)),
  params: z.optional(z.unknown()),
});
export type Envelope = z.infer<typeof Envelope>;

/** Methods of 1.0 by the names of 0.3. */
export const OLD_NAMES: Readonly<Record<string, string>> = {
  "message/send": "SendMessage",
  "message/stream": "SendStreamingMessage",
  "tasks/get": "GetTask",
  "tasks/cancel": "CancelTask",
  "tasks/resubscribe": "SubscribeToTask",
};

/** The text of a message; parts of other kinds are not understood. */
export function textOf({ message }: SendParams): string | undefined {
  const texts = message.parts.map(({ text }) => text);
  const known = texts.filter((text) => text !== undefined);
  const joined = known.join("\n\n").trim();
  return known.length < texts.length || joined === "" || joined.length > 100_000 ? undefined : joined;
}

/** Of JSON-RPC and A2A, with what each means to a client. */
export const FAULTS = {
  parse: { code: -32700, message: "This is not JSON." },
  invalid: { code: -32600, message: "This is no JSON-RPC 2.0 request." },
  unknownMethod: { code: -32601, message: "There is no such method." },
  params: { code: -32602, message: "The parameters are not valid." },
  internal: { code: -32603, message: "The request failed inside Nexus." },
  unknownTask: { code: -32001, message: "There is no such task." },
  notCancelable: { code: -32002, message: "The task has already ended." },
  unsupportedContent: { code: -32005, message: "Only parts that are text are understood." },
  busy: { code: -32000, message: "Too many tasks are at work already. Try again when one has ended." },
} as const;

export class A2aFault extends Error {
  readonly fault: { readonly code: number; readonly message: string };

  constructor(kind: keyof typeof FAULTS, detail = "") {
    const { code, message } = FAULTS[kind];
    super(detail === "" ? message : `${message} ${detail}`);
    this.name = "A2aFault";
    this.fault = { code, message: this.message };
  }
}
