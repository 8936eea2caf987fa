/** Judges what in-host.cjs has found inside an extension host, whichever editor that was. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Report } from "./report.ts";

/** The module that runs in the host. */
export const IN_HOST = fileURLToPath(new URL("in-host.cjs", import.meta.url));
const MAX_ACTIVATION_MS = 60;
const MAX_LOADED_BYTES = 150_000;

interface HostResult {
  readonly error?: string;
  readonly version: string;
  readonly node: string;
  readonly activateMs?: number;
  readonly missingCommands: string[];
  readonly loaded: Record<string, number>;
}

/** Throws when a command is missing, or when the start was slow or heavy. */
export function judgeHostResult(file: string, report: Report): void {
  const result: HostResult = JSON.parse(readFileSync(file, "utf8"));
  assert.equal(result.error, undefined);
  assert.deepEqual(result.missingCommands, []);
  const bytes = Object.values(result.loaded).reduce((sum, length) => sum + length, 0);
  const { activateMs = Number.POSITIVE_INFINITY } = result;
  report.note(`VS Code ${result.version}, Node ${result.node}`);
  report.note(`activation ${activateMs.toFixed(1)} ms (limit ${MAX_ACTIVATION_MS})`);
  report.note(`loaded before the first command: ${bytes} bytes (limit ${MAX_LOADED_BYTES})`);
  assert.ok(bytes > 0 && bytes < MAX_LOADED_BYTES, `loaded ${bytes} bytes: ${JSON.stringify(result.loaded)}`);
  assert.ok(activateMs < MAX_ACTIVATION_MS, `activated in ${activateMs} ms`);
}
