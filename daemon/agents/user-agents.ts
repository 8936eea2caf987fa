/** Finds the agents that people wrote: in their data folder for all workspaces, and in a workspace that is trusted. */
import { join, relative } from "node:path";
import { hashOf, listFolder, lstat, realPath } from "../host/files.ts";
import { readReal } from "../host/real-files.ts";
import { TOOLS } from "../tools/catalogue.ts";
import { FIELD_CHECKS } from "../tools/fields/checks.ts";
import type { Agent } from "./agent.ts";
import type { KnownNames } from "./agent-file.ts";
import type { FileProblem } from "./front-matter.ts";
import { BUILT_IN_AGENTS } from "./registry.ts";

export interface BrokenAgent extends FileProblem {
  /** Absolute path of the file. */
  readonly path: string;
  readonly kind: "user" | "workspace";
}

export interface UserAgents {
  readonly agents: readonly Agent[];
  /** Files that are not used, each problem with its line. */
  readonly problems: readonly BrokenAgent[];
}

/** The agents that people wrote, for work on a workspace. */
export type FindUserAgents = (place: { readonly workspace: string; readonly trusted: boolean }) => Promise<UserAgents>;

export interface AgentFolders {
  /** The user's own: `agents/` in the data folder. */
  readonly user?: string;
  /** The workspace; left out where it is not trusted. */
  readonly workspace?: string;
}

const MOST_FILES = 50;
const MAX_BYTES = 64 * 1024;

/** A file that is broken is told and hurts no other; the user's own come first where two have one name. */
export async function loadUserAgents({ user, workspace }: AgentFolders): Promise<UserAgents> {
  const known = knownToAgents();
  const agents: Agent[] = [];
  const problems: BrokenAgent[] = [];
  const folders = [
    ...(user === undefined ? [] : [{ within: user, folder: user, kind: "user" as const }]),
    ...(workspace === undefined
      ? []
      : [{ within: workspace, folder: join(workspace, ".nexus", "agents"), kind: "workspace" as const }]),
  ];
  for (const { within, folder, kind } of folders)
    for (const { path, stem } of await agentFiles(within, folder)) {
      const taken = [...BUILT_IN_AGENTS, ...agents].map(({ name }) => name);
      const read = await readOne(path, stem, kind, { ...known, agents: taken });
      if (read.ok) agents.push(read.agent);
      else problems.push(...read.problems.map((problem) => ({ path, kind, ...problem })));
    }
  return { agents, problems };
}

/** `within`: the folder that vouches for what is in it. */
async function agentFiles(within: string, folder: string): Promise<{ path: string; stem: string }[]> {
  const real = await realPath(folder).catch(() => undefined);
  // A link could lead out of the workspace, to files that nobody there may read.
  const isOwn = real !== undefined && relative(await realPath(within), real) === relative(within, folder);
  const entries = isOwn ? await listFolder(folder).catch(() => []) : [];
  return entries
    .filter((entry) => entry.name.toLowerCase().endsWith(".md") && entry.name.toLowerCase() !== "readme.md")
    .map(({ name }) => ({ path: join(folder, name), stem: name.slice(0, -3) }))
    .sort((first, second) => (first.path < second.path ? -1 : 1))
    .slice(0, MOST_FILES);
}

async function readOne(path: string, stem: string, kind: "user" | "workspace", known: KnownNames) {
  const broken = (message: string) => ({ ok: false as const, problems: [{ line: 1, message }] });
  const stats = await lstat(path).catch(() => undefined);
  if (stats === undefined || !stats.isFile()) return broken("This is no plain file; links are not followed.");
  if (stats.size > MAX_BYTES) return broken(`The file is larger than ${MAX_BYTES / 1024} KB.`);
  const bytes = await readReal(path).catch(() => undefined);
  if (bytes === undefined) return broken("The file cannot be read.");
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return broken("The file is not UTF-8 text.");
  }
  // Only where there are such files: it brings a YAML parser.
  const { readAgentFile } = await import("./agent-file.ts");
  return readAgentFile({ text, stem, source: { kind, path, hash: hashOf(bytes) } }, known);
}

/** What files of agents may name. */
function knownToAgents(): Pick<KnownNames, "tools" | "checks"> {
  return {
    tools: new Map(TOOLS.map(({ name, effect }) => [name, { isPure: effect === "pure" }])),
    checks: FIELD_CHECKS.map(({ name }) => name),
  };
}
