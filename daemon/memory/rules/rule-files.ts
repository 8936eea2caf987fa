/** Where projects keep their rules for agents, folder by folder. */
import { namesIn } from "./rule-text.ts";

export const RULE_TOOLS = [
  "agents",
  "claude",
  "gemini",
  "copilot",
  "cursor",
  "cline",
  "windsurf",
  "conventions",
] as const;
/** Whom a file speaks to, by its name; in this order within a folder. */
export type RuleTool = (typeof RULE_TOOLS)[number];

export interface RuleFile {
  /** From the workspace's root. */
  readonly path: string;
  readonly tool: RuleTool;
  /** The folder that it speaks of; "" for the whole workspace. */
  readonly folder: string;
  /** Says itself when it holds, in its front matter. */
  readonly hasFrontMatter: boolean;
}

const PLAIN: Readonly<Record<string, RuleTool>> = {
  "AGENTS.md": "agents",
  "CLAUDE.md": "claude",
  "GEMINI.md": "gemini",
  ".cursorrules": "cursor",
  ".clinerules": "cline",
  ".windsurfrules": "windsurf",
  "CONVENTIONS.md": "conventions",
};

/** Folders of rules: which files in them, and whose. */
const FOLDERS: readonly { folder: string; ending: string; tool: RuleTool; hasFrontMatter: boolean; depth: number }[] = [
  { folder: ".claude", ending: "CLAUDE.md", tool: "claude", hasFrontMatter: false, depth: 0 },
  { folder: ".github", ending: "copilot-instructions.md", tool: "copilot", hasFrontMatter: false, depth: 0 },
  { folder: ".github/instructions", ending: ".instructions.md", tool: "copilot", hasFrontMatter: true, depth: 3 },
  { folder: ".cursor/rules", ending: ".mdc", tool: "cursor", hasFrontMatter: true, depth: 3 },
  { folder: ".clinerules", ending: ".md", tool: "cline", hasFrontMatter: true, depth: 1 },
];

const MAX_FILES = 60;

/** The rules files of one folder, in the order of RULE_TOOLS, then by name. */
export async function ruleFilesIn(root: string, folder: string): Promise<RuleFile[]> {
  const names = await namesIn(root, folder);
  const plain = names.flatMap((name) => {
    const tool = Object.hasOwn(PLAIN, name) ? PLAIN[name] : undefined;
    return tool === undefined ? [] : [{ path: join(folder, name), tool, folder, hasFrontMatter: false }];
  });
  const nested: RuleFile[] = [];
  for (const { folder: inner, ending, tool, hasFrontMatter, depth } of FOLDERS) {
    if (!names.includes(`${inner.split("/")[0]}/`)) continue;
    const paths = await filesBelow(root, join(folder, inner), ending, depth);
    nested.push(...paths.map((path) => ({ path, tool, folder, hasFrontMatter })));
  }
  const order = ({ tool }: RuleFile) => RULE_TOOLS.indexOf(tool);
  return [...plain, ...nested].sort((first, second) => order(first) - order(second)).slice(0, MAX_FILES);
}

async function filesBelow(root: string, folder: string, ending: string, depth: number): Promise<string[]> {
  const paths: string[] = [];
  for (const name of await namesIn(root, folder)) {
    if (paths.length >= MAX_FILES) break;
    if (name.endsWith("/") && depth > 0)
      paths.push(...(await filesBelow(root, join(folder, name.slice(0, -1)), ending, depth - 1)));
    else if (name.endsWith(ending)) paths.push(join(folder, name));
  }
  return paths;
}

export function join(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}
