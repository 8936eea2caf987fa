/**
 * What an editor waits for in a large repository: the built language server over standard streams, a warm daemon, the list of code
 * actions and hovers over what many and what few use, in five languages, and hovers right after a keystroke.
 */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-jsonrpc/node";
import type { ClientConnection } from "../../protocol/index.ts";
import { startDaemon, stopDaemon } from "../daemon.ts";
import { type Figure, timed } from "../measure.ts";
import { startEcho } from "../round-trip.ts";
import { type LargeRepository, makeLargeRepository } from "./corpus.ts";

const MAIN = fileURLToPath(new URL("../../dist/daemon/main.js", import.meta.url));
/** Actions are offered where a model is set up; listing them asks none. */
const UNASKED_MODEL = {
  OPENAI_BASE_URL: "http://127.0.0.1:9/v1",
  OPENAI_API_KEY: "bench-key-0123456789",
  NEXUS_MODEL: "none",
};
const ROUNDS = 40;
const HOVER_MS = 20;
const ACTIONS_MS = 30;

type Sample = LargeRepository["samples"][number] & {
  readonly uri: string;
  readonly text: string;
  readonly character: number;
};

/** `folder` is empty; `lines` of code. */
export async function measureLanguage(folder: string, lines: number): Promise<Figure[]> {
  const [home, root] = [join(folder, "home"), join(folder, "repository")];
  for (const each of [home, root]) mkdirSync(each, { recursive: true, mode: 0o700 });
  const repository = makeLargeRepository(root, lines);
  const daemon = await startDaemon(home);
  try {
    const { wallMs } = await daemon.request("memory/index", { workspace: root });
    await historyRead(daemon, root);
    const editor = await openEditor(home, root);
    const echo = await startEcho(folder);
    const samples = repository.samples.map((sample) => withText(root, sample));
    for (const sample of samples) await open(editor, sample);
    const figures = await measure(editor, samples, () => echo.request("ping")).finally(() => echo.stop());
    editor.dispose();
    const about = `in ${repository.lines} lines of ${repository.files} files (indexed in ${(wallMs / 1000).toFixed(1)} s)`;
    return figures.map((figure, index) => (index === 0 ? { ...figure, name: `${figure.name} ${about}` } : figure));
  } finally {
    await stopDaemon(daemon, home);
  }
}

/** Beside a process that only answers, so that what the machine keeps everybody waiting for is known. */
async function measure(
  editor: MessageConnection,
  samples: readonly Sample[],
  ping: () => Promise<unknown>,
): Promise<Figure[]> {
  const first = await timesOf(samples, 1, (sample) => hover(editor, sample));
  const machine: number[] = [];
  const hovers = await timesOf(
    samples,
    ROUNDS,
    (sample) => hover(editor, sample),
    async () => {
      machine.push(await timed(ping));
    },
  );
  const typed: number[] = [];
  for (const [number, sample] of samples.entries()) {
    await type(editor, sample, number);
    typed.push(await timed(() => hover(editor, sample)));
  }
  await timesOf(samples, 1, (sample) => actions(editor, sample));
  const lists = await timesOf(
    samples,
    ROUNDS,
    (sample) => actions(editor, sample),
    async () => {
      machine.push(await timed(ping));
    },
  );
  const wait = at(machine, 0.99);
  return [
    { name: "hover", value: at(hovers, 0.99) - wait, limit: HOVER_MS, unit: "ms (p99 above an echo's)" },
    { name: "  …, median", value: at(hovers, 0.5), unit: "ms" },
    { name: "  …, p99", value: at(hovers, 0.99), unit: "ms" },
    { name: "  …, the first of each file", value: at(first, 1), unit: "ms at most" },
    { name: "  …, right after a keystroke", value: at(typed, 1), unit: "ms at most" },
    { name: "code action list", value: at(lists, 0.99) - wait, limit: ACTIONS_MS, unit: "ms (p99 above an echo's)" },
    { name: "  …, median", value: at(lists, 0.5), unit: "ms" },
    { name: "  …, p99", value: at(lists, 0.99), unit: "ms" },
    { name: "  the process that only answers, p99", value: wait, unit: "ms" },
  ];
}

async function timesOf(
  samples: readonly Sample[],
  rounds: number,
  ask: (sample: Sample) => Promise<unknown>,
  before: () => Promise<void> = async () => undefined,
): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++)
    for (const sample of samples) {
      await before();
      times.push(await timed(() => ask(sample)));
    }
  return times;
}

async function hover(editor: MessageConnection, { uri, line, character, symbol }: Sample): Promise<void> {
  const answer = await editor.sendRequest("textDocument/hover", {
    textDocument: { uri },
    position: { line: line - 1, character },
  });
  if (!JSON.stringify(answer).includes(symbol))
    throw new Error(`no hover over ${symbol} in ${uri}: ${JSON.stringify(answer)}`);
}

async function actions(editor: MessageConnection, { uri, line, character, symbol }: Sample): Promise<void> {
  const range = { start: { line: line - 1, character }, end: { line: line - 1, character: character + symbol.length } };
  const answer = await editor.sendRequest("textDocument/codeAction", {
    textDocument: { uri },
    range,
    context: { diagnostics: [] },
  });
  if (!Array.isArray(answer) || answer.length === 0) throw new Error(`no actions for ${symbol} in ${uri}`);
}

async function open(editor: MessageConnection, { uri, text }: Sample): Promise<void> {
  const textDocument = { uri, languageId: uri.slice(uri.lastIndexOf(".") + 1), version: 1, text };
  await editor.sendNotification("textDocument/didOpen", { textDocument });
}

/** At the end of the document, so that places stay where they are. */
async function type(editor: MessageConnection, { uri, text }: Sample, number: number): Promise<void> {
  const end = { line: text.split("\n").length - 1, character: 0 };
  await editor.sendNotification("textDocument/didChange", {
    textDocument: { uri, version: 2 },
    contentChanges: [{ range: { start: end, end }, text: `\n# ${number}` }],
  });
}

function withText(root: string, sample: LargeRepository["samples"][number]): Sample {
  const path = join(root, sample.path);
  const text = readFileSync(path, "utf8");
  const character = text.split("\n")[sample.line - 1]?.indexOf(sample.symbol) ?? 0;
  return { ...sample, uri: pathToFileURL(path).href, text, character };
}

async function openEditor(home: string, root: string): Promise<MessageConnection> {
  const child = spawn(process.execPath, [MAIN, "lsp", "--stdio"], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, NEXUS_HOME: home, ...UNASKED_MODEL },
  });
  const editor = createMessageConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  editor.onRequest(() => null);
  editor.onDispose(() => child.stdin.end());
  editor.listen();
  const uri = pathToFileURL(root).href;
  const actionKinds = { codeActionLiteralSupport: { codeActionKind: { valueSet: ["", "quickfix", "refactor"] } } };
  const lazily = { dataSupport: true, resolveSupport: { properties: ["edit"] } };
  await editor.sendRequest("initialize", {
    processId: process.pid,
    rootUri: uri,
    workspaceFolders: [{ uri, name: "large" }],
    capabilities: {
      workspace: { applyEdit: true, workspaceFolders: true },
      textDocument: { hover: { contentFormat: ["markdown"] }, codeAction: { ...actionKinds, ...lazily } },
    },
  });
  await editor.sendNotification("initialized", {});
  return editor;
}

/** Commits are read in the background; then all that a hover tells is there. */
async function historyRead(daemon: ClientConnection, workspace: string): Promise<void> {
  for (let look = 0; look < 600; look++) {
    const { history, progress } = await daemon.request("memory/status", { workspace });
    if (history !== null && progress === null) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function at(times: readonly number[], share: number): number {
  const sorted = times.toSorted((first, second) => first - second);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
