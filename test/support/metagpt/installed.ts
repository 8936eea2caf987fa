/** An installed MetaGPT that a test makes up: a program that answers as an interpreter would, and a copy to work in. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { systemClock } from "../../../daemon/host/clock.ts";
import { createRunMetagpt, type RunMetagptOptions } from "../../../daemon/metagpt/adapter/run-metagpt.ts";
import { LIMITS } from "../../../daemon/metagpt/adapter/session.ts";
import type { ModelPort, PortRequest } from "../../../daemon/tools/model-port.ts";
import type { ToolContext, ToolOutcome } from "../../../daemon/tools/tool.ts";
import { errorValue } from "../../../protocol/index.ts";
import { writeFiles } from "../engine.ts";

export type FakeDialect = "classic" | "mgx" | "none" | "new";

const usage = { inputTokens: 10, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 5, estimated: false };

export function makeFolder(name: string): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), `nexus-metagpt-${name}-`)));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A program of this name in a folder of its own, for a PATH. */
export function fakePython(dialect: FakeDialect, name = "python3"): string {
  const path = join(makeFolder("bin"), name);
  const program = join(import.meta.dirname, "fake-interpreter.mjs");
  writeFileSync(path, `#!/bin/sh\nFAKE_SELF="${path}" exec "${process.execPath}" "${program}" ${dialect} "$@"\n`);
  chmodSync(path, 0o755);
  return path;
}

export interface Installed {
  readonly root: string;
  readonly home: string;
  readonly asked: PortRequest[];
  readonly output: () => string;
  run(input: Record<string, unknown>, more?: Partial<ToolContext>): Promise<ToolOutcome>;
  read(path: string): string;
  has(path: string): boolean;
  /** What is left in the data folder. */
  scratch(): string[];
}

export interface InstalledOptions extends Partial<RunMetagptOptions> {
  readonly files?: Readonly<Record<string, string>>;
  /** Answers so many requests, and is out of money then. */
  readonly pays?: number;
}

/** The tool over an interpreter, with a model that says what it was asked. */
export function installed(python: string, options: InstalledOptions = {}): Installed {
  const { files = {}, pays = Number.POSITIVE_INFINITY, ...rest } = options;
  const [root, home] = [makeFolder("copy"), makeFolder("home")];
  writeFiles(root, files);
  const asked: PortRequest[] = [];
  let output = "";
  const spent = new AbortController();
  const models: ModelPort = {
    model: "scripted",
    async respond(request) {
      asked.push(request);
      if (asked.length > pays) {
        spent.abort(new Error("the money is spent"));
        return { ok: false, error: errorValue("budget.exceeded") };
      }
      const text = `answer to ${request.messages.at(-1)?.text.slice(0, 30)}`;
      return { ok: true, value: { text, toolCalls: [], stopReason: "end", usage } };
    },
  };
  const tool = createRunMetagpt({
    ...{ home, python, clock: systemClock },
    env: { PATH: process.env["PATH"], SECRET_OF_USER: "hush" },
    sandbox: async () => ({ kind: "none", reason: "this test has none" }),
    onError: (error) => {
      output += `error: ${String(error)}\n`;
    },
    limits: { ...LIMITS, lookMs: 20, stopMs: [400, 1500] },
    ...rest,
  });
  return {
    ...{ root, home, asked, output: () => output },
    async run(input, more = {}) {
      const signal = more.signal === undefined ? spent.signal : AbortSignal.any([spent.signal, more.signal]);
      const context: ToolContext = {
        ...{ root, linked: [], seen: new Map(), diff: async () => "", models },
        onOutput: (text) => {
          output += text;
        },
        ...more,
        signal,
      };
      return tool.execute(tool.input.parse(input), context);
    },
    read: (path) => readFileSync(join(root, path), "utf8"),
    has: (path) => existsSync(join(root, path)),
    scratch: () => readdirSync(mkdirSync(join(home, "metagpt"), { recursive: true }) ?? join(home, "metagpt")),
  };
}

/** Why it failed; throws when it did not. */
export function reasonOf(outcome: ToolOutcome): string {
  if (outcome.ok) throw new Error(`it came out well: ${outcome.output}`);
  return outcome.error.message;
}
