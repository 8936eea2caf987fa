/** A program like daemon/main.ts whose runs are fakes: the real command line, life, lock and socket. */

import { fileURLToPath } from "node:url";
import { runCli } from "../../daemon/cli/run-cli.ts";
import { currentBuild } from "../../daemon/host/build.ts";
import { systemClock } from "../../daemon/host/clock.ts";
import { homePaths } from "../../daemon/host/paths.ts";
import { processTerminal } from "../../daemon/host/terminal.ts";
import { openFileLog } from "../../daemon/observability/log-file.ts";
import { startDaemon } from "../../daemon/server/life.ts";
import { acquireWriterLock } from "../../daemon/store/lock.ts";
import { NexusError, nexusError } from "../../protocol/index.ts";
import { noAgents } from "./agents.ts";
import { createFakeMemory } from "./fake-memory.ts";
import { createFakeRunService } from "./fake-run-service.ts";
import { collectingAudit, memoryTrust } from "./guard.ts";

const terminal = processTerminal(process.env);
const code = await runCli(process.argv.slice(2), {
  terminal,
  env: process.env,
  cwd: process.cwd(),
  main: fileURLToPath(import.meta.url),
  serve,
});
await terminal.flush();
process.exit(code);

async function serve(home: string): Promise<number> {
  const log = openFileLog({ path: homePaths(home).log, clock: systemClock, redact: (text) => text });
  try {
    if (process.env["NEXUS_TEST_FAIL"]) throw nexusError("store.newer", "It is from the future.");
    const buildTime = Number(process.env["NEXUS_TEST_BUILD_TIME"] ?? (await currentBuild()).buildTime);
    const daemon = await startDaemon({
      home,
      idleExitMs: 60_000,
      build: { version: "0.0.0-test", buildTime },
      env: process.env,
      clock: systemClock,
      log,
      async lock(paths) {
        const lock = await acquireWriterLock(paths.home);
        if (lock === undefined) throw nexusError("daemon.already_running");
        return lock;
      },
      open: async () => ({
        service: createFakeRunService(),
        memory: createFakeMemory(),
        check: async () => [],
        configureModel: () => ({ provider: null, model: null, hasKey: false }),
        trust: memoryTrust(),
        agents: noAgents,
        listTools: async () => ({ trusted: false, tools: [], servers: [], problems: [] }),
        audit: collectingAudit(),
        close: async () => undefined,
      }),
    });
    process.on("SIGTERM", () => daemon.stop("SIGTERM"));
    return await daemon.ended;
  } catch (error) {
    const value = error instanceof NexusError ? error.value : nexusError("run.internal", String(error)).value;
    process.stderr.write(`${JSON.stringify({ pid: process.pid, error: value })}\n`);
    return value.code === "daemon.already_running" ? 0 : 1;
  }
}
