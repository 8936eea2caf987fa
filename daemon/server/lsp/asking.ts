/** window/showMessageRequest: a question to the person, with buttons; withdrawn where the client can do that. */
import { CancellationTokenSource, MessageType } from "vscode-languageserver/node";
import * as z from "zod/mini";
import type { Face } from "./feature.ts";

/** Editors cut or fold messages beyond what a screen holds. */
const MOST_CHARACTERS = 2000;
const MOST_LINES = 30;

const Chosen = z.nullable(z.object({ title: z.string() }));

/** Whether a message can hold the text in every editor; a longer one may be cut, so nobody can answer for it. */
export function isShownWhole(text: string): boolean {
  return text.length <= MOST_CHARACTERS && text.split("\n").length <= MOST_LINES;
}

/** Resolves with the button's title; undefined when it was closed, withdrawn, or cannot be asked. */
export async function askPerson(
  { connection }: Pick<Face, "connection">,
  message: string,
  buttons: readonly string[],
  options: { readonly signal?: AbortSignal; readonly level?: "warning" | "info" } = {},
): Promise<string | undefined> {
  const type = options.level === "info" ? MessageType.Info : MessageType.Warning;
  const source = new CancellationTokenSource();
  const withdraw = () => source.cancel();
  options.signal?.addEventListener("abort", withdraw, { once: true });
  try {
    const params = { type, message, actions: buttons.map((title) => ({ title })) };
    const answer = Chosen.safeParse(
      await connection.sendRequest("window/showMessageRequest", params, source.token).catch(() => null),
    );
    const title = answer.success ? answer.data?.title : undefined;
    return buttons.find((button) => button === title);
  } finally {
    options.signal?.removeEventListener("abort", withdraw);
    source.dispose();
  }
}
