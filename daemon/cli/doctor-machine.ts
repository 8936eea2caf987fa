/** What Nexus needs of the machine: Node, folders, git, a model that can be reached. */
import type { CheckResult } from "../../protocol/index.ts";
import { errorValue } from "../../protocol/index.ts";
import { isWritable } from "../host/files.ts";
import { prepareHome, prepareSocketAddress } from "../host/paths.ts";
import { probeHttp } from "../host/probe.ts";
import { runProcess } from "../host/processes.ts";
import { commandEnvironment } from "../security/environment.ts";
import { findSandbox } from "../security/sandbox/find.ts";
import type { Environment, ModelSettings } from "../settings.ts";
import type { CliContext } from "./context.ts";
import { problem } from "./doctor-daemon.ts";

const PROBE_MS = 3000;
const SANDBOX_HINT = "docs/sandbox.md says how to get one; until then the policy asks more often.";
const OLDEST_GIT = [2, 30] as const;

/** main.ts refuses to come this far with an older one. */
export function checkNode(): CheckResult {
  return { name: "node", status: "ok", message: `Version ${process.versions.node}.` };
}

export async function checkFolders({ home, env }: CliContext): Promise<CheckResult[]> {
  try {
    await prepareHome(home);
    if (!(await isWritable(home))) return [{ name: "data folder", status: "error", ...errorValue("store.read_only") }];
    const address = await prepareSocketAddress(home, env);
    return [
      { name: "data folder", status: "ok", message: home },
      { name: "socket", status: "ok", message: `${address}: nobody else can reach it.` },
    ];
  } catch (error) {
    return [problem("data folder", error)];
  }
}

export async function checkGit(env: Environment): Promise<CheckResult> {
  const hint = "Install git 2.30 or newer: changes are made in worktrees of it.";
  try {
    const result = await runProcess({
      command: { argv: ["git", "--version"] },
      cwd: process.cwd(),
      env: commandEnvironment(env),
      timeoutMs: PROBE_MS,
    });
    const text = result.stdout.toString("utf8").trim();
    const [, major = "0", minor = "0"] = /(\d+)\.(\d+)/.exec(text) ?? [];
    const isNew = Number(major) > OLDEST_GIT[0] || (Number(major) === OLDEST_GIT[0] && Number(minor) >= OLDEST_GIT[1]);
    return isNew
      ? { name: "git", status: "ok", message: text }
      : { name: "git", status: "error", message: `${text || "No version"}.`, hint };
  } catch {
    return { name: "git", status: "error", message: "There is no git on the PATH.", hint };
  }
}

/** Builds a wall around a command that does nothing; without one every command that is not known to be harmless asks. */
export async function checkSandbox(find = findSandbox): Promise<CheckResult> {
  const found = await find();
  if (found.kind !== "none") return { name: "sandbox", status: "ok", message: `Commands run behind ${found.kind}.` };
  return {
    name: "sandbox",
    status: "warning",
    message: `Commands run without a sandbox. ${found.reason}`,
    hint: SANDBOX_HINT,
  };
}

/** Asks the provider for its list of models, which costs nothing. */
export async function checkModel(context: CliContext): Promise<CheckResult[]> {
  try {
    const { model } = await context.settings();
    if (model === null) {
      const { message, hint } = errorValue("model.not_configured");
      return [{ name: "model", status: "warning", message, hint }];
    }
    return [await reach(model)];
  } catch (error) {
    return [problem("model", error)];
  }
}

async function reach(model: ModelSettings): Promise<CheckResult> {
  const about = `${model.provider} ${model.model}`;
  const probe = probeOf(model);
  if (model.provider === "editor")
    return {
      name: "model",
      status: "ok",
      message: `${about}: asked through an editor that is connected and offers it.`,
    };
  if (probe === undefined) return { name: "model", status: "ok", message: `${about} from ${model.replayFile}.` };
  if ((model.provider === "openai" || model.provider === "anthropic") && model.apiKey === null) {
    const { message, hint } = errorValue("model.key_missing", `(${model.provider})`);
    return { name: "model", status: "error", message, hint };
  }
  const answer = await probeHttp(probe.url, probe.headers, PROBE_MS);
  if ("problem" in answer) {
    const { message, hint } = errorValue("model.unreachable", `${probe.url}: ${answer.problem}.`);
    return { name: "model", status: "error", message, hint };
  }
  if (answer.status === 401 || answer.status === 403) {
    const { message, hint } = errorValue("model.key_refused");
    return { name: "model", status: "error", message, hint };
  }
  return { name: "model", status: "ok", message: `${about} answers at ${new URL(probe.url).origin}.` };
}

function probeOf({
  provider,
  baseUrl,
  apiKey,
}: ModelSettings): { url: string; headers: Record<string, string> } | undefined {
  const bearer: Record<string, string> = apiKey === null ? {} : { authorization: `Bearer ${apiKey}` };
  switch (provider) {
    case "openai":
    case "openai-compatible":
      return { url: `${baseUrl ?? "https://api.openai.com/v1"}/models`, headers: bearer };
    case "anthropic": {
      const base = (baseUrl ?? "https://api.anthropic.com").replace(/\/v1$/, "");
      return { url: `${base}/v1/models`, headers: { "x-api-key": apiKey ?? "", "anthropic-version": "2023-06-01" } };
    }
    case "ollama":
      return { url: `${(baseUrl ?? "http://127.0.0.1:11434").replace(/\/v1$/, "")}/api/tags`, headers: {} };
    case "editor":
    case "replay":
      return undefined;
  }
}
