/** Who else is connected to the daemon, and which runs they watch. */
import type { PresentClient } from "../../protocol/presence.ts";
import type { Daemon } from "../daemon/daemon.ts";

/** What of a Daemon is needed here. */
export type PresenceSource = Pick<Daemon, "request" | "on" | "onConnected" | "onState">;

const MOST_NAMED = 3;
/** A command in a terminal comes and goes within this; it would only make the view flicker. */
const SETTLE_MS = 2000;

export class Presence {
  readonly #daemon: PresenceSource;
  readonly #editor: string;
  readonly #listeners = new Set<() => void>();
  readonly #clients = new Map<string, PresentClient>();
  #own: string | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** `editor`: what this editor calls itself; its language server is a part of this window and no other client. */
  constructor(daemon: PresenceSource, editor: string) {
    this.#daemon = daemon;
    this.#editor = editor;
    daemon.onConnected(() => void this.#begin().catch(() => undefined));
    daemon.onState((state) => state === "connected" || this.#forget());
    daemon.on("presence/changed", ({ whole, clients, left }) => {
      if (whole) this.#clients.clear();
      for (const id of left) this.#clients.delete(id);
      for (const client of clients) this.#clients.set(client.connectionId, client);
      this.#soon();
    });
  }

  /** Told when who is connected, or what they watch, has changed and stayed so for a moment. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** “Also connected: Neovim 0.7.2 and a terminal.” Undefined: nobody else. */
  summary(): string | undefined {
    const names = this.#others().map(nameOf);
    return names.length === 0 ? undefined : `Also connected: ${listed(names)}.`;
  }

  /** “watched by Neovim 0.7.2”. Undefined: by nobody else. */
  watching(runId: string): string | undefined {
    const names = this.#others()
      .filter(({ runs }) => runs.includes(runId))
      .map(nameOf);
    return names.length === 0 ? undefined : `watched by ${listed(names)}`;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#listeners.clear();
  }

  #others(): PresentClient[] {
    const isOwn = ({ connectionId, face, title }: PresentClient) =>
      connectionId === this.#own || (face === "lsp" && title?.startsWith(this.#editor) === true);
    return [...this.#clients.values()].filter((client) => !isOwn(client));
  }

  /** A daemon of an earlier version does not know these; then nobody else is shown. */
  async #begin(): Promise<void> {
    this.#own = (await this.#daemon.request("presence/list", {})).you;
    await this.#daemon.request("presence/watch", {});
  }

  #forget(): void {
    this.#own = undefined;
    if (this.#clients.size === 0) return;
    this.#clients.clear();
    this.#soon();
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      for (const listener of this.#listeners) listener();
    }, SETTLE_MS);
  }
}

/** Names are what clients call themselves: no line breaks or other signs that could make them look like more than that. */
function nameOf({ title, face, name }: PresentClient): string {
  const own = (title ?? "")
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, " ")
    .trim()
    .slice(0, 40);
  if (own !== "") return own;
  return {
    terminal: "a terminal",
    vscode: "another window",
    lsp: "an editor",
    acp: "an editor",
    mcp: "an assistant",
    program: name.slice(0, 40),
  }[face];
}

function listed(names: readonly string[]): string {
  const counted = [...new Set(names)].map((name) => {
    const count = names.filter((other) => other === name).length;
    return count === 1 ? name : `${name} (${count})`;
  });
  const shown = counted.slice(0, MOST_NAMED);
  const rest = counted.length - shown.length;
  if (rest > 0) return `${shown.join(", ")} and ${rest} more`;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}
