#!/usr/bin/env node
/** The program: arguments, exit code, and the only `process.exit`. Everything else is loaded once Node is new enough. */
import { fileURLToPath } from "node:url";
import { keepCompiledCode } from "./host/compile-cache.ts";

const OLDEST_NODE = [22, 13] as const;

process.exit(await main());

async function main(): Promise<number> {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) return refuseOldNode();
  const file = fileURLToPath(import.meta.url);
  keepCompiledCode(file);
  const [{ runCli }, { processTerminal }] = await Promise.all([
    import("./cli/run-cli.ts"),
    import("./host/terminal.ts"),
  ]);
  const terminal = processTerminal(process.env);
  const code = await runCli(process.argv.slice(2), {
    terminal,
    env: { ...process.env },
    cwd: process.cwd(),
    main: file,
    serve: async (home) => (await import("./daemon.ts")).runDaemon(home, file),
  });
  await terminal.flush();
  return code;
}

/** node:sqlite, which the daemon rests on, came with Node 22.13. */
async function refuseOldNode(): Promise<number> {
  const { errorValue } = await import("../protocol/errors.ts");
  const error = errorValue("daemon.node_too_old", `It is ${process.versions.node}.`);
  if (process.argv.includes("--json")) process.stdout.write(`${JSON.stringify({ type: "error", error })}\n`);
  process.stderr.write(`nexus: ${error.message}\n  ${error.hint}\n`);
  return 1;
}
