/** What an agent is told about the repository before it looks for itself. */
import { hashOf, listFolder, readText } from "../../host/files.ts";
import { recall } from "../../memory/recall.ts";
import { type RunContext, record } from "../run-context.ts";
import { detectTests } from "../verification.ts";
import { sessionHistory } from "./history.ts";

export interface Survey {
  readonly overview: string;
  readonly rules: string;
  readonly testCommand?: string;
  /** What was said and done earlier in the session. */
  readonly history: string;
}

export interface SurveyOptions {
  /** The task that asks, or "plan". */
  readonly taskId: string;
  readonly root: string;
  readonly prompt: string;
  /** With the beginnings of the files that matter most, for a planner. */
  readonly withContents: boolean;
}

const FILE_HEAD = 6000;
const ALL_HEADS = 24_000;

/**
 * Looks the repository over, once for each task: what was found is recorded, so that after a restart the agent is told the
 * same although the copy has changed since.
 */
export async function survey(context: RunContext, options: SurveyOptions): Promise<Survey> {
  const key = `recalled/${options.taskId}`;
  const known = await context.store.events.find(context.runId, key);
  if (known?.body.type === "run.recalled") {
    const bytes = await context.store.artifacts.get(known.body.artifact);
    if (bytes !== undefined) return JSON.parse(new TextDecoder().decode(bytes));
  }
  const { taskId, root, prompt } = options;
  const [found, tests] = await Promise.all([recall({ root, prompt, signal: context.signal }), detectTests(root)]);
  const seen: Survey = {
    overview: await overviewOf(options, found.files),
    rules: found.rules.map((rule) => `${rule.path}:\n${rule.text}`).join("\n\n"),
    history: await sessionHistory(context),
    ...(tests === undefined ? {} : { testCommand: tests.command }),
  };
  const bytes = new TextEncoder().encode(JSON.stringify(seen));
  const rules = found.rules.map((rule) => rule.path);
  const body = { type: "run.recalled" as const, taskId, files: found.files, rules, artifact: hashOf(bytes) };
  await record(context, body, key, [bytes]);
  return seen;
}

async function overviewOf({ root, withContents }: SurveyOptions, files: readonly FileFound[]): Promise<string> {
  const list = files.map((file) => `- ${file.path} (${file.why})`).join("\n");
  const sections = [
    `At its root: ${await rootEntries(root)}`,
    files.length === 0 ? "" : `Files that may matter:\n${list}`,
    withContents ? await contents(root, files) : "",
  ];
  return sections.filter((section) => section !== "").join("\n\n");
}

type FileFound = Awaited<ReturnType<typeof recall>>["files"][number];

async function rootEntries(root: string): Promise<string> {
  const entries = await listFolder(root);
  const names = entries
    .filter((entry) => entry.name !== ".git" && entry.name !== "node_modules")
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
    .sort();
  return names.length <= 60 ? names.join(", ") : `${names.slice(0, 60).join(", ")} and ${names.length - 60} more`;
}

async function contents(root: string, files: readonly { path: string }[]): Promise<string> {
  const parts: string[] = [];
  let left = ALL_HEADS;
  for (const { path } of files) {
    const text = (await readText(`${root}/${path}`))?.slice(0, Math.min(FILE_HEAD, left));
    if (text === undefined || text.includes("\u0000")) continue;
    parts.push(`--- ${path}\n${text}`);
    left -= text.length;
    if (left <= 0) break;
  }
  return parts.join("\n\n");
}
