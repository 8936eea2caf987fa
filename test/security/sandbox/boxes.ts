/** Commands behind a real wall; undefined where this machine has none, so that its tests are skipped and say why. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import {
  type CommandRequest,
  type CommandResult,
  type CommandRunnerOptions,
  createCommandRunner,
} from "../../../daemon/security/sandbox/command-runner.ts";
import { findSandbox } from "../../../daemon/security/sandbox/find.ts";

const found = await findSandbox();

export const hasBubblewrap = found.kind === "bubblewrap";
/** Stands in the title of skipped tests. */
export const why = found.kind === "none" ? ` (skipped: ${found.reason})` : "";

export function makeTree(files: Record<string, string> = {}): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "nexus-sandbox-")));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

export interface Box {
  run(line: string, more?: Partial<CommandRequest>): Promise<CommandResult & { readonly text: string }>;
}

export function boxIn(root: string, options: CommandRunnerOptions = {}): Box {
  const runner = createCommandRunner(options);
  onTestFinished(() => runner.dispose());
  return {
    async run(line, more = {}) {
      const { signal } = new AbortController();
      const result = await runner.run({ line, root, signal, timeoutMs: 20_000, maxOutputBytes: 1024 * 1024, ...more });
      return { ...result, text: result.output.toString().trim() };
    },
  };
}
