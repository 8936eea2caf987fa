/** What an agent is told about the repository before it looks for itself. */
import { listFolder, readText } from "../../host/files.ts";
import { recall } from "../../memory/recall.ts";
import { type RunContext, record } from "../run-context.ts";
import { detectTests } from "../verification.ts";

export interface Survey {
  readonly overview: string;
  readonly rules: string;
  readonly testCommand: string | undefined;
}

const FILE_HEAD = 6000;
const ALL_HEADS = 24_000;

/** Looks the repository over. `withContents` adds the beginnings of the files that matter most, for a planner. */
export async function survey(
  context: RunContext,
  options: { root: string; prompt: string; withContents: boolean },
): Promise<Survey> {
  const { root, prompt } = options;
  const [found, tests] = await Promise.all([recall({ root, prompt, signal: context.signal }), detectTests(root)]);
  const rulePaths = found.rules.map((rule) => rule.path);
  await record(context, { type: "run.recalled", files: found.files, rules: rulePaths }, "recalled");
  const sections = [
    `At its root: ${await rootEntries(root)}`,
    found.files.length === 0
      ? ""
      : `Files that may matter:\n${found.files.map((file) => `- ${file.path} (${file.why})`).join("\n")}`,
    options.withContents ? await contents(root, found.files) : "",
  ];
  return {
    overview: sections.filter((section) => section !== "").join("\n\n"),
    rules: found.rules.map((rule) => `${rule.path}:\n${rule.text}`).join("\n\n"),
    testCommand: tests?.command,
  };
}

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
