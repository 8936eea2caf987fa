/** The faces as processes that an attacker starts and speaks to: one JSON message a line, to the red team's daemon. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Scene } from "./scene.ts";

const MAIN = fileURLToPath(new URL("../../daemon/main.ts", import.meta.url));
const LONGEST_MS = 20_000;
const CLOSED = { action: "cancel" };

interface Answer {
  readonly id?: unknown;
  readonly method?: string;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string; readonly data?: { readonly code?: string } };
}

export interface Face {
  /** Undefined when the face ended, or kept silent, instead of answering. */
  ask(method: string, params?: unknown): Promise<Answer | undefined>;
  /** A tool of an MCP server: its answer as text, and whether it was an error. */
  tool(name: string, args: object): Promise<{ readonly failed: boolean; readonly text: string }>;
  /** What the face itself asked, as JSON; its form was closed without an answer. */
  readonly asked: readonly string[];
  /** The exit code. */
  close(): Promise<number | null>;
}

type Surroundings = Pick<Scene, "daemon" | "place">;

function environmentOf({ daemon, place }: Surroundings): Record<string, string> {
  const { PATH = "", NODE_COMPILE_CACHE = "" } = process.env;
  return { PATH, NODE_COMPILE_CACHE, HOME: place.home, NEXUS_HOME: daemon.nexus.home, NO_COLOR: "1" };
}

/** `env`: beside that of the user; NEXUS_AGENT is set in what an agent starts. */
export function speak(scene: Surroundings, words: readonly string[], env: Record<string, string> = {}): Face {
  return face([MAIN, ...words], scene, env);
}

/** As `speak`, for a program of others: the text of a module. */
export function program(scene: Surroundings, text: string, env: Record<string, string>): Face {
  return face(["--input-type=module", "-e", text], scene, env);
}

function face(words: readonly string[], scene: Surroundings, env: Record<string, string>): Face {
  const child = spawn(process.execPath, words, {
    cwd: scene.place.workspace,
    env: { ...environmentOf(scene), ...env },
    stdio: ["pipe", "pipe", "ignore"],
  });
  const waiting = new Map<unknown, (answer: Answer | undefined) => void>();
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  void ended.then(() => {
    for (const tell of waiting.values()) tell(undefined);
  });
  child.stdin.on("error", () => undefined);
  let text = "";
  const asked: string[] = [];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (text + chunk).split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) {
      const message: Answer = line.startsWith("{") ? JSON.parse(line) : {};
      if (message.method === undefined) waiting.get(message.id)?.(message);
      else if (message.id !== undefined) {
        asked.push(line);
        child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id: message.id, result: CLOSED })}\n`);
      }
    }
  });
  let id = 0;
  const own: Face = {
    asked,
    ask(method, params = {}) {
      id += 1;
      const answer = new Promise<Answer | undefined>((resolve) => {
        waiting.set(id, resolve);
        setTimeout(() => resolve(undefined), LONGEST_MS).unref();
      });
      child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
      return child.exitCode === null ? answer : Promise.resolve(undefined);
    },
    async tool(name, args) {
      const answer = await own.ask("tools/call", { name, arguments: args });
      const result = answer?.result;
      return { failed: result === undefined || result["isError"] === true, text: JSON.stringify(answer ?? "") };
    },
    close() {
      child.stdin.end();
      setTimeout(() => child.kill("SIGKILL"), 5000).unref();
      return ended;
    },
  };
  return own;
}

/** An assistant that started its MCP server with these words, and can show no form, whatever it says. */
export function assistant(scene: Surroundings, ...words: string[]): Promise<Face> {
  return introduced(speak(scene, ["mcp", ...words]), { roots: {} });
}

/** An assistant that can show forms, and may ask about approvals. */
export function assistantWithForms(scene: Surroundings): Promise<Face> {
  return introduced(speak(scene, ["mcp", "--allow", "approvals"]), { elicitation: {} });
}

async function introduced(own: Face, capabilities: object): Promise<Face> {
  const clientInfo = { name: "assistant", version: "1", title: "The user" };
  await own.ask("initialize", { protocolVersion: "2025-11-25", capabilities, clientInfo });
  return own;
}
