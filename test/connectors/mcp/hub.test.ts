import { describe, expect, it, onTestFinished } from "vitest";
import { createManualClock } from "../../support/manual-clock.ts";
import { startHttpServer } from "../../support/mcp/http.ts";
import { never, startHub, stdioEntry } from "./harness.ts";

describe("a server that is a process", () => {
  it("tells its tools, page by page, and answers", async () => {
    const hub = startHub({ good: stdioEntry("good") });
    const { definitions, source } = await hub.until("good", "ready");
    expect(source).toBe("user");
    expect(definitions.tools.map(({ name, claimsReadOnly }) => (claimsReadOnly ? `${name}*` : name))).toEqual([
      "echo*",
      "add",
      "fail",
      "media",
      "hang",
      "die",
      "change",
      "environment",
      "attack",
    ]);
    expect(await hub.call("good", "echo", { text: "hi" }, never)).toEqual({ text: "hi", isError: false });
    expect(await hub.call("good", "add", { a: 1, b: 2 }, never)).toEqual({ text: '{"sum":3}', isError: false });
    expect(await hub.call("good", "fail", {}, never)).toEqual({ text: "no luck", isError: true });
  });

  it("has images as notes, and what is said twice once", async () => {
    const hub = startHub({ good: stdioEntry("good") });
    await hub.until("good", "ready");
    const { text } = await hub.call("good", "media", {}, never);
    expect(text.split("\n\n")).toEqual([
      "[image of type image/png, 4 characters of base64, not shown]",
      "[resource file:///x]\ninside",
      "[resource file:///y, not text, not shown]",
      "[link to file:///z: z]",
      '{"a": 1}',
    ]);
  });

  it("gets no variable but those that are named", async () => {
    process.env["NEXUS_TEST_SECRET"] = "s3cret";
    onTestFinished(() => void delete process.env["NEXUS_TEST_SECRET"]);
    const TOKEN = `\${NEXUS_TEST_SECRET}`;
    const hub = startHub({ good: stdioEntry("good", { env: { TOKEN } }) });
    await hub.until("good", "ready");
    const { text } = await hub.call("good", "environment", {}, never);
    const names = text.split(" ").filter((name) => !name.startsWith("_") && name !== "PWD");
    expect(names).toEqual(["PATH", "TOKEN"]);
  });

  it("may greet on standard output", async () => {
    const hub = startHub({ chatty: stdioEntry("chatty") });
    await hub.until("chatty", "ready");
    expect((await hub.call("chatty", "echo", { text: "x" }, never)).text).toBe("x");
  });

  it("ends a call that the run gives up, and goes on", async () => {
    const hub = startHub({ good: stdioEntry("good") });
    await hub.until("good", "ready");
    const stop = new AbortController();
    const call = hub.call("good", "hang", {}, stop.signal);
    stop.abort(new Error("cancelled"));
    await expect(call).rejects.toThrow("cancelled");
    expect((await hub.call("good", "echo", { text: "still here" }, never)).text).toBe("still here");
  });

  it("that dies in the middle of a call fails that call, and is started again after a while", async () => {
    const clock = createManualClock();
    const hub = startHub({ good: stdioEntry("good") }, { clock });
    await hub.until("good", "ready");
    await expect(hub.call("good", "die", {}, never)).rejects.toThrow();
    const { status } = await hub.until("good", "waiting");
    expect(status).toMatchObject({ problem: expect.stringContaining("exit code 1") });
    await expect(hub.call("good", "echo", { text: "x" }, never)).rejects.toThrow("does not run: it ended");
    clock.advance(1000);
    await hub.until("good", "ready");
    expect((await hub.call("good", "echo", { text: "back" }, never)).text).toBe("back");
    expect(hub.disposed()).toBe(1);
  });

  it("that changes its tools is listed again", async () => {
    const hub = startHub({ good: stdioEntry("good") });
    const before = (await hub.until("good", "ready")).definitions.tools.find(({ name }) => name === "change");
    await hub.call("good", "change", {}, never);
    // The next call waits until the new list is there.
    await hub.call("good", "echo", { text: "x" }, never);
    const after = hub.view("good").definitions.tools.find(({ name }) => name === "change");
    expect(after?.hash).not.toBe(before?.hash);
  });
});

describe("a server that behaves badly", () => {
  it("and never answers keeps nobody: the others are ready", async () => {
    const clock = createManualClock();
    const hub = startHub({ silent: stdioEntry("silent"), good: stdioEntry("good") }, { clock });
    await hub.until("good", "ready");
    const waited = hub.settled(5000, never);
    clock.advance(5000);
    await waited;
    expect(hub.view("silent").status.state).toBe("connecting");
    await hub.close();
    expect(hub.disposed()).toBe(2);
  });

  it.each([
    ["nonsense", "not the protocol"],
    ["huge", "more than 4194304 bytes"],
    ["flood", "more than 500 messages"],
    ["crash", "exit code 3"],
  ])("%s: it is ended, and why is known", async (mode, words) => {
    const hub = startHub({ bad: stdioEntry(mode) }, { clock: createManualClock() });
    const { status, definitions } = await hub.until("bad", "waiting");
    expect(status).toMatchObject({ problem: expect.stringContaining(words) });
    expect(definitions.tools).toEqual([]);
    expect(JSON.stringify(status)).not.toContain("sk-abc");
  });

  it("is given up after five tries, each later than the one before", async () => {
    const clock = createManualClock();
    const hub = startHub({ bad: { command: "/nowhere/at/all" } }, { clock });
    for (const delay of [1000, 2000, 4000, 8000]) {
      await hub.until("bad", "waiting");
      clock.advance(delay - 1);
      expect(hub.view("bad").status.state).toBe("waiting");
      clock.advance(1);
      expect(hub.view("bad").status.state).toBe("connecting");
    }
    const { status } = await hub.until("bad", "failed");
    expect(status).toMatchObject({ problem: expect.stringContaining("ENOENT") });
    expect(clock.pendingTimers).toBe(0);
  });
});

describe("a server over HTTP", () => {
  async function listen(...options: Parameters<typeof startHttpServer>) {
    const server = await startHttpServer(...options);
    onTestFinished(server.close);
    return server;
  }

  it("is asked with the headers that were configured", async () => {
    const server = await listen("good");
    const hub = startHub({ web: { url: server.url, headers: { Authorization: "Bearer abc" } } });
    await hub.until("web", "ready");
    expect((await hub.call("web", "echo", { text: "hi" }, never)).text).toBe("hi");
    expect(server.requests.every(({ authorization }) => authorization === "Bearer abc")).toBe(true);
  });

  it.each([
    ["redirect", /redirect|302/i],
    ["html", /content type|text\/html/i],
    ["endless", /more than 8388608 bytes|JSON/],
  ] as const)("that answers with %s is refused", async (answer, words) => {
    const server = await listen("good", answer);
    const hub = startHub({ web: { url: server.url } }, { clock: createManualClock() });
    const { status } = await hub.until("web", "waiting");
    expect(JSON.stringify(status)).toMatch(words);
  });

  it.each(["10.0.0.7", "169.254.169.254", "127.0.0.1", "::1", "fd00::1"])(
    "is never at %s by its name",
    async (address) => {
      const requested: string[] = [];
      const network = {
        resolve: async () => ["93.184.216.34", address],
        fetch: async (url: string) => {
          requested.push(url);
          return new Response();
        },
      };
      const hub = startHub({ web: { url: "https://mcp.example.com/" } }, { network, clock: createManualClock() });
      const { status } = await hub.until("web", "waiting");
      expect(status).toMatchObject({ problem: expect.stringContaining("not an address of the internet") });
      expect(requested).toEqual([]);
    },
  );
});
