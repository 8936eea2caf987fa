/** nexus doctor: checks everything that Nexus needs, and says what to do about what is missing. */
import type { CheckResult } from "../../protocol/index.ts";
import { nexusError } from "../../protocol/index.ts";
import { currentBuild } from "../host/build.ts";
import { type CliContext, printJson } from "./context.ts";
import { checkDaemon } from "./doctor-daemon.ts";
import { checkFolders, checkGit, checkModel, checkNode, checkSandbox } from "./doctor-machine.ts";
import { checkMemory } from "./doctor-memory.ts";
import { checkStore, repairStore } from "./doctor-store.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import type { Colour } from "./format.ts";
import type { Arguments } from "./parse.ts";

const MARKS: Readonly<Record<CheckResult["status"], readonly [Colour, string]>> = {
  ok: ["green", "✓"],
  warning: ["yellow", "!"],
  error: ["red", "✗"],
};

export async function doctorCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const isJson = args.has("json");
  const checks: CheckResult[] = [];
  const tell = (found: readonly CheckResult[]) => {
    checks.push(...found);
    if (!isJson) for (const check of found) context.terminal.out(checkText(context, check));
  };
  tell([checkNode(), { name: "nexus", status: "ok", message: `Version ${(await currentBuild()).version}.` }]);
  const folders = await checkFolders(context);
  tell(folders);
  if (!folders.some(({ status }) => status === "error")) {
    if (args.has("repair")) tell(await repair(context, args));
    const daemon = await checkDaemon(context);
    tell(daemon.checks);
    if (daemon.storeChecks === undefined) tell(await checkStore(context.home));
    else tell(daemon.storeChecks);
    tell(await checkMemory(context));
  }
  tell([await checkGit(context.env), await checkSandbox(), ...(await checkModel(context))]);
  const healthy = !checks.some(({ status }) => status === "error");
  if (isJson) printJson(context, { healthy, checks });
  return healthy ? EXIT.done : EXIT.failed;
}

async function repair(context: CliContext, args: Arguments): Promise<CheckResult[]> {
  const { terminal } = context;
  return repairStore(context, async (what) => {
    if (args.has("yes")) return true;
    if (!terminal.isInteractive || args.has("json"))
      throw nexusError("usage.invalid", "Without a terminal, --repair needs --yes.");
    return /^y/i.test((await terminal.ask(`${what} Go on? [y/n] `)) ?? "");
  });
}

function checkText({ paint }: CliContext, { name, status, message, hint }: CheckResult): string {
  const [colour, mark] = MARKS[status];
  const advice = hint === undefined ? "" : `\n  ${paint("dim", hint)}`;
  return `${paint(colour, mark)} ${name}: ${message}${advice}\n`;
}
