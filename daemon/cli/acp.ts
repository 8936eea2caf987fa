/** nexus acp */
import { randomUUID } from "node:crypto";
import { nexusError } from "../../protocol/errors.ts";
import { systemClock } from "../host/clock.ts";
import { protocolStdio } from "../host/stdio.ts";
import type { AcpSettings } from "../server/acp/settings.ts";
import { modelInput, type Settings } from "../settings.ts";
import type { CliContext } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";

/** Ends when the editor has gone. */
export async function acpCommand(context: CliContext): Promise<ExitCode> {
  if (context.terminal.isInteractive)
    throw nexusError("usage.invalid", "An editor starts this and speaks to it; a person at a terminal cannot.");
  const { createLink } = await import("../server/link.ts");
  const { serveAcp } = await import("../server/acp/serve.ts");
  let title = "An ACP client";
  const link = createLink({
    clock: systemClock,
    connect: () => context.connect({ as: { face: "acp", title, role: "human" } }),
  });
  const server = serveAcp(protocolStdio(), {
    link,
    clock: systemClock,
    version: context.build.version,
    settings: async () => acpSettings(await context.settings()),
    onClient(name) {
      title = name;
    },
    newKey: randomUUID,
  });
  await server.closed;
  link.close();
  return EXIT.done;
}

function acpSettings({ model, budgetUsd, models = {}, mcpServers }: Settings): AcpSettings {
  const names = [model?.model, models.low, models.medium, models.high].filter((name) => name !== undefined);
  return {
    ...modelInput(model),
    ...(budgetUsd === null ? {} : { budgetUsd }),
    models: [...new Set(names)],
    mcpServers: Object.keys(mcpServers),
  };
}
