/** nexus lsp */
import { join } from "node:path";
import { nexusError } from "../../protocol/errors.ts";
import { systemClock } from "../host/clock.ts";
import { readDiscovery } from "../host/discovery.ts";
import { homePaths } from "../host/paths.ts";
import { isProcessAlive } from "../host/spawn-daemon.ts";
import { protocolStdio } from "../host/stdio.ts";
import { modelInput } from "../settings.ts";
import type { CliContext } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import type { Arguments } from "./parse.ts";

/** Ends with 0 after shutdown and exit, with 1 when the editor has gone without them. */
export async function lspCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  if (context.terminal.isInteractive)
    throw nexusError("usage.invalid", "An editor starts this and speaks to it; a person at a terminal cannot.");
  const { serveLsp } = await import("../server/lsp/serve.ts");
  const { lspFeatures } = await import("../server/lsp/features.ts");
  const { input, output } = protocolStdio();
  const code = await serveLsp({
    input,
    output,
    connect: (title) =>
      context.connect({
        as: { face: "lsp", title, role: "human" },
        capabilities: { requests: ["client/applyEdit"] },
      }),
    isDaemonUp: async () => (await readDiscovery(homePaths(context.home)).catch(() => undefined)) !== undefined,
    reportFolder: join(context.home, "reports"),
    async runDefaults() {
      const { model, budgetUsd } = await context.settings();
      return { ...modelInput(model), ...(budgetUsd === null ? {} : { budgetUsd }) };
    },
    version: context.build.version,
    clock: systemClock,
    clientPid: Number(args.text("clientProcessId")),
    isAlive: isProcessAlive,
    features: lspFeatures,
  });
  return code === 0 ? EXIT.done : EXIT.failed;
}
