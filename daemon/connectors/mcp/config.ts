/**
 * Which MCP servers there are: the user's own (`mcpServers` in the settings) and those of a trusted workspace
 * (`.mcp.json`, `.nexus/mcp.json`), in the shape that other clients read too.
 */
import * as z from "zod/mini";

const text = z.string().check(z.minLength(1), z.maxLength(4000));
const seconds = z.int().check(z.gte(1), z.lte(600));
const more = {
  /** Of one call; default 60. */
  timeoutSeconds: z.optional(seconds),
  disabled: z.optional(z.boolean()),
};
const Stdio = z.object({
  type: z.optional(z.literal("stdio")),
  command: text,
  args: z.optional(z.array(z.string().check(z.maxLength(4000))).check(z.maxLength(200))),
  env: z.optional(z.record(z.string(), z.string().check(z.maxLength(4000)))),
  /** Hosts that it may reach from inside the sandbox. */
  hosts: z.optional(z.array(text).check(z.maxLength(50))),
  /** False: it runs without the wall. Only the user's own settings may say so. */
  sandbox: z.optional(z.boolean()),
  ...more,
});
const Http = z.object({
  type: z.optional(z.enum(["http", "streamable-http"])),
  url: text,
  headers: z.optional(z.record(z.string(), z.string().check(z.maxLength(4000)))),
  ...more,
});
export const McpServers = z.record(z.string(), z.union([Stdio, Http]));
/** By the server's name. */
export type McpServers = z.infer<typeof McpServers>;

export type ServerSource = "user" | "workspace";

interface ServerBase {
  readonly name: string;
  readonly source: ServerSource;
  readonly timeoutMs: number;
}

export interface StdioServer extends ServerBase {
  readonly kind: "stdio";
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly hosts: readonly string[];
  readonly sandbox: boolean;
}

export interface HttpServer extends ServerBase {
  readonly kind: "http";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export type McpServer = StdioServer | HttpServer;

export interface FoundServers {
  readonly servers: readonly McpServer[];
  /** What cannot be used, and why. */
  readonly problems: readonly { readonly name: string; readonly source: ServerSource; readonly problem: string }[];
}

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,30}[A-Za-z0-9])?$/;
const CALL_SECONDS = 60;

/**
 * One list of both. A workspace cannot take the place of a user's server, name one like Nexus itself, leave the sandbox or
 * read the environment. `env` is what `${NAME}` in the user's own entries means.
 */
export function findServers(
  user: McpServers,
  workspace: unknown,
  env: Readonly<Record<string, string | undefined>>,
): FoundServers {
  const servers: McpServer[] = [];
  const problems: { name: string; source: ServerSource; problem: string }[] = [];
  const taken = new Set<string>();
  for (const { name, source, entry } of [...entriesOf(user, "user"), ...entriesOf(workspace, "workspace")]) {
    const made = toServer(name, source, entry, env);
    const key = name.toLowerCase();
    if (typeof made === "string") problems.push({ name: name.slice(0, 80), source, problem: made });
    else if (taken.has(key)) problems.push({ name, source, problem: "Another server has this name; rename one." });
    else {
      taken.add(key);
      if (made !== null) servers.push(made);
    }
  }
  return { servers, problems };
}

function entriesOf(servers: unknown, source: ServerSource): { name: string; source: ServerSource; entry: unknown }[] {
  if (typeof servers !== "object" || servers === null) return [];
  return Object.entries(servers).map(([name, entry]) => ({ name, source, entry }));
}

/** The server, null when it is switched off, or what is wrong with it. */
function toServer(
  name: string,
  source: ServerSource,
  entry: unknown,
  env: Readonly<Record<string, string | undefined>>,
): McpServer | null | string {
  if (!NAME.test(name)) return "A server's name has letters, digits, _ and - only, at most 32.";
  if (name.includes("__")) return "A server's name must not contain __.";
  if (/^nexus/i.test(name)) return "Names that begin with “nexus” are Nexus's own.";
  const parsed = z.union([Stdio, Http]).safeParse(entry);
  if (!parsed.success) return "It needs either command (with args and env) or url (with headers), all of them texts.";
  const { data } = parsed;
  if (data.disabled === true) return null;
  const base = { name, source, timeoutMs: (data.timeoutSeconds ?? CALL_SECONDS) * 1000 };
  if ("url" in data) {
    const problem = urlProblem(data.url);
    if (problem !== undefined) return problem;
    const headers = expanded(data.headers ?? {}, source, env);
    return typeof headers === "string" ? headers : { kind: "http", ...base, url: data.url, headers };
  }
  if (source === "workspace" && data.sandbox === false) return "Only your own settings may switch the sandbox off.";
  const variables = expanded(data.env ?? {}, source, env);
  if (typeof variables === "string") return variables;
  const argv = [data.command, ...(data.args ?? [])] as const;
  if (argv.some((word) => word.includes("\0"))) return "A word of its command holds a NUL.";
  return { kind: "stdio", ...base, argv, env: variables, hosts: data.hosts ?? [], sandbox: data.sandbox !== false };
}

/** https, or this machine itself. */
function urlProblem(address: string): string | undefined {
  const url = URL.parse(address);
  if (url === null) return "Its url is no address.";
  if (url.username !== "" || url.password !== "") return "Its url must not hold a password; use headers.";
  if (url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url))) return undefined;
  return "Its url must begin with https:// (http:// is for this machine only).";
}

export function isLoopback({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/** Programs read these before they do what they are for: they are code, not data. */
const CODE_VARIABLES =
  /^(?:LD_|DYLD_|NODE_OPTIONS$|BASH_ENV$|ENV$|PYTHONSTARTUP$|PYTHONPATH$|PERL5OPT$|RUBYOPT$|JAVA_TOOL_OPTIONS$|GIT_|NEXUS_)/i;

function expanded(
  values: Readonly<Record<string, string>>,
  source: ServerSource,
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> | string {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    if (!/^[A-Za-z0-9_-]{1,100}$/.test(name)) return `“${name.slice(0, 50)}” is no name of a variable or header.`;
    if (source === "workspace" && CODE_VARIABLES.test(name)) return `A workspace may not set ${name}.`;
    const wanted = /\$\{([A-Za-z0-9_]+)\}/.exec(value);
    if (wanted !== null && source === "workspace")
      return `A workspace may not read the environment (${wanted[0]}); put the server into your own settings.`;
    let missing: string | undefined;
    result[name] = value.replace(/\$\{([A-Za-z0-9_]+)\}/g, (whole, variable: string) => {
      if (env[variable] === undefined) missing = whole;
      return env[variable] ?? "";
    });
    if (missing !== undefined) return `The environment has no ${missing}.`;
  }
  return result;
}
