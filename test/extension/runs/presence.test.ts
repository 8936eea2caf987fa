/** Who else is connected, in words. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Presence, type PresenceSource } from "../../../extension/runs/presence.ts";
import type { PresentClient } from "../../../protocol/presence.ts";

type Changed = { whole: boolean; clients: PresentClient[]; left: string[] };

function client(connectionId: string, more: Partial<PresentClient> = {}): PresentClient {
  const runs = more.runs ?? [];
  return {
    connectionId,
    name: "nexus",
    title: null,
    face: "terminal",
    role: "human",
    since: "2026-11-28T09:00:00Z",
    runCount: runs.length,
    ...more,
    runs,
  };
}

function createDaemon(knowsPresence = true) {
  let connected: () => void = () => undefined;
  let changed: (told: Changed) => void = () => undefined;
  let state: (state: "idle") => void = () => undefined;
  const asked: string[] = [];
  const source = {
    request: async (name: string) => {
      asked.push(name);
      if (!knowsPresence) throw new Error("unknown method");
      return name === "presence/list" ? { you: "me", clients: [] } : {};
    },
    on: (_name: string, listener: typeof changed) => {
      changed = listener;
      return () => undefined;
    },
    onConnected: (listener: () => void) => {
      connected = listener;
      return () => undefined;
    },
    onState: (listener: typeof state) => {
      state = listener;
      return () => undefined;
    },
  } as unknown as PresenceSource;
  return {
    source,
    asked,
    connect: () => connected(),
    tell: (told: Changed) => changed(told),
    lose: () => state("idle"),
  };
}

describe("presence", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  async function connected() {
    const daemon = createDaemon();
    const presence = new Presence(daemon.source, "Visual Studio Code");
    const told: (string | undefined)[] = [];
    presence.onChange(() => told.push(presence.summary()));
    daemon.connect();
    await vi.runAllTimersAsync();
    return { daemon, presence, told };
  }

  it("names others, and neither this window nor its language server", async () => {
    const { daemon, presence, told } = await connected();
    expect(daemon.asked).toEqual(["presence/list", "presence/watch"]);
    const lsp = client("b", { face: "lsp", title: "Visual Studio Code 1.139.0" });
    const neovim = client("c", { face: "lsp", title: "Neovim 0.7.2", runs: ["r1"] });
    daemon.tell({
      whole: true,
      clients: [client("me", { face: "vscode", runs: ["r1"] }), lsp, neovim, client("d")],
      left: [],
    });
    await vi.runAllTimersAsync();
    expect(told).toEqual(["Also connected: Neovim 0.7.2 and a terminal."]);
    expect([presence.watching("r1"), presence.watching("r2")]).toEqual(["watched by Neovim 0.7.2", undefined]);
  });

  it("tells of what stays, once", async () => {
    const { daemon, told } = await connected();
    daemon.tell({ whole: true, clients: [client("me"), client("a", { face: "mcp" })], left: [] });
    await vi.advanceTimersByTimeAsync(500);
    daemon.tell({ whole: false, clients: [client("b")], left: [] });
    daemon.tell({ whole: false, clients: [], left: ["b"] });
    await vi.runAllTimersAsync();
    expect(told).toEqual(["Also connected: an assistant."]);
  });

  it("counts those of one name, and says how many more there are", async () => {
    const { daemon, presence } = await connected();
    const many = ["a", "b", "c", "d", "e"].map((title) => client(title, { title }));
    daemon.tell({ whole: true, clients: [client("1"), client("2"), ...many], left: [] });
    expect(presence.summary()).toBe("Also connected: a terminal (2), a, b and 3 more.");
  });

  it("shows no sign of a name that could pass for more than a name", async () => {
    const { daemon, presence } = await connected();
    daemon.tell({ whole: true, clients: [client("1", { title: `\u202eevil\n${"x".repeat(99)}` })], left: [] });
    expect(presence.summary()).toBe(`Also connected: evil ${"x".repeat(35)}.`);
  });

  it("forgets all when the connection ends, and knows nobody with a daemon that cannot tell", async () => {
    const { daemon, presence, told } = await connected();
    daemon.tell({ whole: true, clients: [client("a")], left: [] });
    await vi.runAllTimersAsync();
    daemon.lose();
    await vi.runAllTimersAsync();
    expect(told).toEqual(["Also connected: a terminal.", undefined]);
    expect(presence.summary()).toBeUndefined();
    const old = createDaemon(false);
    const silent = new Presence(old.source, "Visual Studio Code");
    old.connect();
    await vi.runAllTimersAsync();
    expect(silent.summary()).toBeUndefined();
  });
});
