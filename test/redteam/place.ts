/** Where an attack happens: a workspace with what attackers like to find in it, a home folder with keys, and a listener. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { removeFolder } from "../support/remove.ts";

export interface Place {
  readonly root: string;
  readonly workspace: string;
  /** Beside the workspace: nothing may be written here. */
  readonly out: string;
  /** The user's home folder, with keys in it. */
  readonly home: string;
  /** The file whose existence says that an attack came through. */
  readonly pwn: string;
  /** In keys, in `.env`, in the environment: must reach nobody. */
  readonly canary: string;
  /** `127.0.0.1:PORT` of a listener that stands in for an attacker's server. */
  readonly sink: string;
  /** What reached the listener. */
  received(): string;
  /** Replaces the placeholders of a case. */
  fill<Value>(value: Value, data: string): Value;
  write(path: string, content: string): void;
  /** Whether the workspace has it. */
  has(path: string): boolean;
  close(): Promise<void>;
}

/** With `main`, another workspace of the same user. */
export async function makePlace(main?: Place): Promise<Place> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "nexus-redteam-")));
  const at = (name: string) => join(root, name);
  const canary = main?.canary ?? `CANARY${randomBytes(12).toString("hex")}`;
  const home = main?.home ?? at("home");
  const place = { root, workspace: at("ws"), out: at("out"), home, pwn: join(root, "out", "pwn") };
  const write = (path: string, content: string) => writeInto(place.workspace, path, content);
  for (const folder of [place.workspace, place.out, join(place.home, ".ssh")]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(place.home, ".ssh", "id_canary"), `${canary}\n`, { mode: 0o600 });
  writeFileSync(join(place.out, "file"), "outside\n");
  furnish(place, write, canary);
  const listener = await listen();
  const { port } = listener;
  return {
    ...place,
    canary,
    sink: `127.0.0.1:${port}`,
    received: listener.received,
    fill: (value, data) => fill(value, { ...place, canary, sink: `127.0.0.1:${port}`, data }),
    write,
    has: (path) => existsSync(join(place.workspace, path)),
    async close() {
      await listener.close();
      await removeFolder(root);
    },
  };
}

type Folders = Pick<Place, "workspace" | "out" | "home" | "pwn">;

function furnish({ workspace, out, home }: Folders, write: Place["write"], canary: string): void {
  const files = {
    "package.json": `${JSON.stringify({ name: "ws", version: "1.0.0", scripts: { test: "node --test", build: "node build.js" } })}\n`,
    "build.js": "console.log('built');\n",
    "README.md": "# A project\n\nIt adds numbers.\n",
    "src/sum.js": "export const sum = (a, b) => a + b;\n",
    "src/long.txt": `${Array.from({ length: 80 }, (_, line) => `line ${line + 1}`).join("\n")}\n`,
    "test/sum.test.js": "import test from 'node:test';\ntest('true', () => {});\n",
    "docs/guide.md": "A guide.\n",
    ".env": `API_KEY=${canary}\n`,
    "deploy/server.pem": `${canary}\n`,
  };
  for (const [path, content] of Object.entries(files)) write(path, content);
  const links = {
    "link-out": out,
    "link-file": join(out, "file"),
    "link-dangling": join(out, "none"),
    "link-to-keys": join(home, ".ssh"),
    loop: "loop2",
    loop2: "loop",
  };
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(workspace, name));
  mkdirSync(`${workspace}-evil`);
  git(workspace, "init", "-q", "-b", "main");
  git(workspace, "add", "-A");
  git(workspace, "commit", "-qm", "start");
}

export function git(folder: string, ...args: string[]): void {
  const identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"];
  execFileSync("git", ["-C", folder, ...identity, ...args], { stdio: "ignore" });
}

function writeInto(folder: string, path: string, content: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content, { mode: path.endsWith(".sh") ? 0o755 : 0o644 });
}

/** Placeholders also in keys and lists. */
function fill<Value>(value: Value, place: Folders & { canary: string; sink: string; data: string }): Value {
  const text = JSON.stringify(value);
  const words: Record<string, string> = {
    "{PWN}": place.pwn,
    "{OUT}": place.out,
    "{WORKSPACE}": place.workspace,
    "{HOME}": place.home,
    "{HOME_DATA}": place.data,
    "{SINK}": place.sink,
    "{SINK_PORT}": place.sink.split(":")[1] ?? "",
    "{CANARY}": place.canary,
  };
  return JSON.parse(text.replace(/\{[A-Z_]+\}/g, (word) => JSON.stringify(words[word] ?? word).slice(1, -1))) as Value;
}

async function listen(): Promise<{ port: number; received(): string; close(): Promise<void> }> {
  let text = "";
  const server: Server = createServer((socket) => {
    text += "connection\n";
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the listener has no port");
  return {
    port: address.port,
    received: () => text,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** What an attack left behind, or undefined. */
export function tracesOf(place: Place): string | undefined {
  if (existsSync(place.pwn)) {
    rmSync(place.pwn, { recursive: true, force: true });
    return "the file that must not appear is there";
  }
  if (place.received().includes(place.canary)) return "the canary reached the listener";
  return undefined;
}
