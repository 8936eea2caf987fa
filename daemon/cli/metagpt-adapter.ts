/** nexus metagpt adapter status */
import { nexusError } from "../../protocol/index.ts";
import { type AdapterStatus, detectMetagpt } from "../metagpt/adapter/detect.ts";
import { findSandbox } from "../security/sandbox/find.ts";
import { type CliContext, printJson } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { oneLine, type Paint } from "./format.ts";
import type { Arguments } from "./parse.ts";

export async function adapterStatusCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const [word = ""] = args.words;
  if (word !== "status")
    throw nexusError("usage.invalid", `nexus metagpt adapter knows “status”, not “${oneLine(word, 60)}”.`);
  const { metagpt } = await context.settings();
  const status = await detectMetagpt({ python: metagpt?.python, env: context.env, sandbox: findSandbox });
  if (args.has("json")) printJson(context, status);
  else context.terminal.out(statusText(status, context.paint));
  return status.usable ? EXIT.done : EXIT.failed;
}

const DIALECTS = { classic: "classic, roles in a fixed order", mgx: "1.0, a team leader and commands" } as const;

function statusText({ installation, git, sandbox, problems, looked }: AdapterStatus, paint: Paint): string {
  const lines: string[] = [];
  if (installation === null) lines.push(paint("red", "MetaGPT cannot be run."));
  else {
    const { version, dialect, python, pythonVersion } = installation;
    lines.push(`MetaGPT    ${paint("green", oneLine(version ?? "of unknown version", 40))} (${DIALECTS[dialect]})`);
    lines.push(`Python     ${oneLine(pythonVersion, 20)}, ${oneLine(python, 500)}`);
  }
  lines.push(`git        ${git ? "there" : paint("red", "missing")}`);
  lines.push(`sandbox    ${sandbox.kind}. ${oneLine(sandbox.says, 500)}`);
  for (const { message, hint } of problems)
    lines.push(`${paint("yellow", oneLine(message, 1000))}\n  ${oneLine(hint, 1000)}`);
  if (installation === null)
    lines.push(
      ...looked.map(({ python, found }) => paint("dim", `asked ${oneLine(python, 500)}: ${oneLine(found, 300)}`)),
    );
  return `${lines.join("\n")}\n`;
}
