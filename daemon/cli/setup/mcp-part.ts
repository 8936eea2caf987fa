/** MCP servers of programs that start them anywhere, not where the person works: each project is named. */
import type { Projects, SetupPart } from "./editor.ts";
import { type JsonObject, mergeIntoJson } from "./json-edit.ts";
import { plainValue, readJsonc } from "./jsonc.ts";
import type { Start, StartFace } from "./start.ts";

/** In place of a project that nobody named. */
const PLACEHOLDER = "/path/of/your/project";
const REPO = "--repo";

export const LOOKS_ONLY = "Nexus lets an assistant look, and neither start runs nor answer approvals.";

export interface ServerList {
  /** The member of the file that holds the servers. */
  readonly member: "mcpServers" | "context_servers";
  /** What an entry holds beside how it is started. */
  readonly more?: JsonObject;
}

type Rest = Omit<SetupPart, "protocol" | "snippet" | "file">;

/** `path`: undefined where a person has to paste it. Projects that the file names already stay, unless others are given. */
export function mcpPart(
  path: string | undefined,
  list: ServerList,
  start: StartFace,
  { given, here }: Projects,
  rest: Rest,
): SetupPart {
  const usual = given.length > 0 ? given : here === undefined ? undefined : [here];
  const wanted = (projects: readonly string[]) => serverFor(list, start, projects);
  const part = { protocol: "MCP" as const, ...rest, snippet: written(wanted(usual ?? [PLACEHOLDER])) };
  if (path === undefined) return part;
  return {
    ...part,
    file: {
      path,
      change(present) {
        const named = given.length > 0 ? [] : projectsIn(present, list);
        const projects = named.length > 0 ? named : usual;
        if (projects !== undefined) return mergeIntoJson(present, wanted(projects));
        return { state: "incomplete", why: "Name the project that it may be asked about: --repo DIR." };
      },
    },
  };
}

export function entry({ command, args, env }: Start): JsonObject {
  return { command, args, ...(Object.keys(env).length === 0 ? {} : { env }) };
}

export function written(value: JsonObject): string {
  return JSON.stringify(value, null, 2);
}

function serverFor({ member, more = {} }: ServerList, start: StartFace, projects: readonly string[]): JsonObject {
  const words = projects.flatMap((project) => [REPO, project]);
  return { [member]: { nexus: { ...more, ...entry(start("mcp", ...words)) } } };
}

function projectsIn(present: string | undefined, { member }: ServerList): string[] {
  const reading = readJsonc(present ?? "{}");
  let found: unknown = reading.ok ? plainValue(reading.root) : undefined;
  for (const name of [member, "nexus", "args"])
    found =
      typeof found === "object" && found !== null
        ? Object.entries(found).find(([key]) => key === name)?.[1]
        : undefined;
  const args: readonly unknown[] = Array.isArray(found) ? found : [];
  return args.filter((word, index): word is string => typeof word === "string" && args[index - 1] === REPO);
}
