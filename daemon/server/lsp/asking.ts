/** window/showMessageRequest: a question to the person, with buttons; withdrawn where the client can do that. */
import { CancellationTokenSource, MessageType } from "vscode-languageserver/node";
import * as z from "zod/mini";
import type { Face } from "./feature.ts";

const Chosen = z.nullable(z.object({ title: z.string() }));

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
