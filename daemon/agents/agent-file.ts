/** An agent that somebody wrote as a Markdown file: fields at the top, instructions below. */
import * as z from "zod/mini";
import { hiddenCount, withoutHidden } from "../memory/hidden-characters.ts";
import type { Agent, AgentSource, AnswerContract, Capability } from "./agent.ts";
import { type FileProblem, type FrontMatter, readFrontMatter } from "./front-matter.ts";
import { systemPrompt } from "./prompt.ts";
import { ASKING, CHANGING, PLANNED, READING, ROLE_TOOLS } from "./tool-sets.ts";

export interface AgentFile {
  readonly text: string;
  /** The file's name without `.md`: the agent's name where it gives none. */
  readonly stem: string;
  readonly source: Exclude<AgentSource, { kind: "built-in" }>;
}

export interface KnownNames {
  /** Tools by name, and whether they only look. */
  readonly tools: ReadonlyMap<string, { readonly isPure: boolean }>;
  readonly checks: readonly string[];
  /** Names that are taken. */
  readonly agents: readonly string[];
}

export type ReadAgent =
  | { readonly ok: true; readonly agent: Agent }
  | { readonly ok: false; readonly problems: readonly FileProblem[] };

const MAX_BODY = 20_000;
const NAME = /^[a-z][a-z0-9-]{1,39}$/;
/** Senders, receivers and choices that are no agents. */
const RESERVED = new Set(["any", "all", "user", "nexus", "agent", "agents", "none", "plan", "self"]);
/** As `mcp__server__tool` or `mcp__server__*`. */
const FOREIGN = /^[A-Za-z0-9_-]+__[A-Za-z0-9_-]*\*?$/;

const line = (most: number) => z.string().check(z.minLength(1), z.maxLength(most));
const names = z.array(line(120)).check(z.maxLength(60));
/** “a, b” and a list are the same. */
const nameList = z.union([names, z.pipe(z.pipe(line(2000), z.transform(splitNames)), names)]);
const identifier = z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,59}$/, "lower-case letters, digits and dashes"));
const capability = z.union([identifier, z.strictObject({ id: identifier, description: line(200) })]);

const Fields = z.strictObject({
  name: z.optional(z.string().check(z.regex(NAME, "2 to 40 lower-case letters, digits and dashes, a letter first"))),
  title: z.optional(line(60)),
  purpose: line(300),
  capabilities: z.optional(z.array(capability).check(z.maxLength(30))),
  tools: z.optional(nameList),
  checks: z.optional(nameList),
  canDelegateTo: z.optional(nameList),
  readOnly: z.optional(z.boolean()),
  writes: z.optional(nameList),
  model: z.optional(line(200)),
  answer: z.optional(z.record(line(40), line(200))),
  watches: z.optional(nameList),
  produces: z.optional(nameList),
  limits: z.optional(
    z.strictObject({
      maxTurns: z.optional(z.int().check(z.gte(1), z.lte(120))),
      deadlineMinutes: z.optional(z.number().check(z.positive(), z.maximum(1440))),
      budgetUsd: z.optional(z.number().check(z.positive(), z.maximum(10_000))),
    }),
  ),
});
type Fields = z.output<typeof Fields>;

function splitNames(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** Never throws, whatever the file holds. */
export function readAgentFile(file: AgentFile, known: KnownNames): ReadAgent {
  const head = readFrontMatter(file.text);
  if (!head.ok) return head;
  const { fields: raw, body, lineOf } = head.value;
  const parsed = Fields.safeParse(raw);
  if (!parsed.success)
    return {
      ok: false,
      problems: parsed.error.issues
        .slice(0, 10)
        .map((issue) => ({ line: lineOf(pathOf(issue)), message: messageOf(issue, raw) })),
    };
  const problems = [...problemsOfFields(parsed.data, file, known, lineOf), ...problemsOfBody(body, file.text)];
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, agent: agentOf(parsed.data, body, file) };
}

type Issue = z.core.$ZodIssue;

function pathOf(issue: Issue): PropertyKey[] {
  return issue.code === "unrecognized_keys" ? [...issue.path, issue.keys[0] ?? ""] : [...issue.path];
}

function messageOf(issue: Issue, raw: Readonly<Record<string, unknown>>): string {
  const field = issue.path.map(String).join(".");
  if (issue.code === "unrecognized_keys") {
    const known = issue.path.length === 0 ? `The fields are ${Object.keys(Fields.shape).join(", ")}.` : "";
    return `There is no field “${[...issue.path.map(String), issue.keys[0]].join(".").slice(0, 80)}”. ${known}`.trim();
  }
  if (issue.path.length === 1 && (raw[field] ?? undefined) === undefined)
    return `The field “${field}” is missing or empty.`;
  return `“${field}”: ${issue.message.slice(0, 200)}.`;
}

function problemsOfFields(
  fields: Fields,
  { stem, source }: AgentFile,
  known: KnownNames,
  lineOf: FrontMatter["lineOf"],
): FileProblem[] {
  const { name = stem, tools = [], checks = [], writes, readOnly = false } = fields;
  const problems: FileProblem[] = [];
  const tell = (field: readonly PropertyKey[], message: string) => problems.push({ line: lineOf(field), message });
  if (!NAME.test(name)) tell(["name"], `“${name.slice(0, 60)}” cannot be a name: lower-case letters, digits, dashes.`);
  else if (RESERVED.has(name)) tell(["name"], `“${name}” means something else; choose another name.`);
  else if (known.agents.includes(name)) tell(["name"], `There is an agent “${name}” already; choose another name.`);
  for (const [index, tool] of tools.entries()) {
    const found = known.tools.get(tool);
    if (found === undefined && !FOREIGN.test(tool) && !ROLE_TOOLS.writing.includes(tool))
      tell(["tools", index], `There is no tool “${tool.slice(0, 60)}”. \`nexus tools list\` names them.`);
    if (readOnly && found?.isPure === false && tool !== "fetch_url")
      tell(["tools", index], `“${tool}” does more than look, and the agent is readOnly.`);
    if (writes !== undefined && tool === "run_command")
      tell(["tools", index], "An agent that may run commands can write anywhere: leave out writes or run_command.");
  }
  for (const [index, check] of checks.entries())
    if (!known.checks.includes(check))
      tell(["checks", index], `There is no check “${check.slice(0, 60)}”. There are ${known.checks.join(", ")}.`);
  if (source.kind === "workspace" && /[\\]|(^|\/)\.\.(\/|$)|^\//.test((writes ?? []).join("\n")))
    tell(["writes"], "Paths are from the workspace's root, with “/” and without “..”.");
  return problems;
}

function problemsOfBody(body: string, text: string): FileProblem[] {
  const last = text.split("\n").length;
  if (body === "") return [{ line: last, message: "Below the second “---” there must be instructions for the agent." }];
  if (body.length > MAX_BODY)
    return [{ line: last, message: `The instructions have ${body.length} characters; ${MAX_BODY} are allowed.` }];
  const hidden = text.split("\n").findIndex((part) => hiddenCount(part.replace(/\r$/, "")) > 0);
  if (hidden < 0) return [];
  return [{ line: hidden + 1, message: "This line holds characters that a person cannot see. Remove them." }];
}

function agentOf(fields: Fields, body: string, { stem, source }: AgentFile): Agent {
  const { name = stem, readOnly = false, writes, model, limits = {} } = fields;
  const answer = answerOf(fields.answer);
  const role = fields.title ?? name;
  const prompt = systemPrompt({
    ...{ role, changes: !readOnly, field: [] },
    ...(answer === undefined ? {} : { answer }),
  });
  return {
    name,
    title: role,
    purpose: withoutHidden(fields.purpose).replace(/\s+/g, " "),
    capabilities: (fields.capabilities ?? []).map(capabilityOf),
    ...toolsOf(fields),
    ...(answer === undefined ? {} : { answer }),
    checks: fields.checks ?? [],
    canDelegateTo: fields.canDelegateTo ?? [],
    ...(readOnly ? { readOnly } : {}),
    ...(writes === undefined ? {} : { writes }),
    ...(model === undefined ? {} : { model }),
    limits: definedLimits(limits),
    ...(fields.watches === undefined ? {} : { watches: fields.watches }),
    ...(fields.produces === undefined ? {} : { produces: fields.produces }),
    source,
    system: `${prompt}\n\nWhat you are for:\n${withoutHidden(body)}`,
  };
}

function toolsOf(fields: Fields): Pick<Agent, "tools" | "moreTools"> {
  const { tools, moreTools } = ownTools(fields);
  const more = fields.watches === undefined ? [] : ROLE_TOOLS[fields.readOnly === true ? "reading" : "writing"];
  return { tools: [...new Set([...more, ...tools])], moreTools };
}

/** What is named is offered in work of any size. */
function ownTools({ tools, readOnly = false, writes }: Fields): Pick<Agent, "tools" | "moreTools"> {
  if (tools !== undefined) return { tools, moreTools: { small: [], question: [], planned: [] } };
  if (readOnly) return { tools: READING, moreTools: { small: [], question: ASKING, planned: ASKING } };
  const changing = writes === undefined ? CHANGING : CHANGING.filter((tool) => tool !== "run_command");
  return { tools: changing, moreTools: { small: [], question: ASKING, planned: PLANNED } };
}

function answerOf(parts: Readonly<Record<string, string>> | undefined): AnswerContract | undefined {
  if (parts === undefined || Object.keys(parts).length === 0) return undefined;
  return { parts: Object.entries(parts).map(([name, holds]) => ({ name, holds })) };
}

function capabilityOf(written: z.output<typeof capability>): Capability {
  return typeof written === "string" ? { id: written, description: written.replaceAll("-", " ") } : written;
}

function definedLimits({ maxTurns, deadlineMinutes, budgetUsd }: NonNullable<Fields["limits"]>): Agent["limits"] {
  return {
    ...(maxTurns === undefined ? {} : { maxTurns }),
    ...(deadlineMinutes === undefined ? {} : { deadlineMinutes }),
    ...(budgetUsd === undefined ? {} : { budgetUsd }),
  };
}
