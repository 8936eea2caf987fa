/** window/showMessage. */
import { type Connection, MessageType } from "vscode-languageserver/node";
import type { Face } from "./feature.ts";

const TYPES = { error: MessageType.Error, warning: MessageType.Warning, info: MessageType.Info } as const;
const MAX_KNOWN = 500;

export function createSay(connection: Connection): Face["say"] {
  const known = new Set<string>();
  return (level, text, { once = false } = {}) => {
    if (once && (known.has(text) || known.size >= MAX_KNOWN)) return;
    if (once) known.add(text);
    void connection
      .sendNotification("window/showMessage", { type: TYPES[level], message: text })
      .catch(() => undefined);
  };
}
