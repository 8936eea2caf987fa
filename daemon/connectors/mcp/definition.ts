/** What a server says of its tools: untrusted data, taken over in bounds. */
import { createHash } from "node:crypto";

/** A tool as its server describes it; every text is data of others. */
export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of an object. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
  readonly claimsReadOnly: boolean;
  /** SHA-256 (hex) over name, description and schema: what somebody allowed is what has this hash. */
  readonly hash: string;
}

export interface Definitions {
  readonly tools: readonly ToolDefinition[];
  /** One line for each tool that is left out, with why. */
  readonly refused: readonly string[];
}

interface Offered {
  readonly name: string;
  readonly description?: string | undefined;
  readonly inputSchema: Readonly<Record<string, unknown>>;
  readonly annotations?: { readonly readOnlyHint?: boolean | undefined } | undefined;
}

const MOST_TOOLS = 200;
const MAX_NAME = 40;
const MAX_SCHEMA = 20_000;
const MAX_DEPTH = 20;
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?$/;

/** Refuses names that are no plain ASCII, that stand twice or nearly so, and schemas that are too large to be one. */
export function readDefinitions(offered: readonly Offered[]): Definitions {
  const tools = new Map<string, ToolDefinition>();
  const refused: string[] = [];
  for (const tool of offered.slice(0, MOST_TOOLS)) {
    const key = keyOf(tool.name);
    const problem = tools.has(key) ? "another tool of this server has nearly the same name" : problemOf(tool);
    if (problem === undefined) tools.set(key, definitionOf(tool));
    else refused.push(`${ascii(tool.name)}: ${problem}`);
  }
  if (offered.length > MOST_TOOLS) refused.push(`${offered.length - MOST_TOOLS} more than ${MOST_TOOLS} tools`);
  return { tools: [...tools.values()], refused };
}

function problemOf({ name, inputSchema }: Offered): string | undefined {
  if (!NAME.test(name) || name.length > MAX_NAME)
    return `a tool's name has letters, digits, _, - and . only, at most ${MAX_NAME}`;
  if (name.includes("__")) return "a tool's name must not contain __";
  if (/^nexus/i.test(name)) return "names that begin with “nexus” are Nexus's own";
  if (inputSchema["type"] !== "object") return "its schema is not that of an object";
  if (JSON.stringify(inputSchema).length > MAX_SCHEMA) return `its schema has more than ${MAX_SCHEMA} characters`;
  if (isDeeper(inputSchema, MAX_DEPTH)) return `its schema is nested more than ${MAX_DEPTH} levels deep`;
  return undefined;
}

function definitionOf({ name, description = "", inputSchema, annotations }: Offered): ToolDefinition {
  const hash = createHash("sha256")
    .update(JSON.stringify([name, description, inputSchema]))
    .digest("hex");
  return { name, description, inputSchema, claimsReadOnly: annotations?.readOnlyHint === true, hash };
}

/** Names that a model would take for each other are one. */
function keyOf(name: string): string {
  return name.toLowerCase().replace(/[-_.]/g, "");
}

function ascii(name: string): string {
  return name.slice(0, 60).replace(/[^\u0020-\u007e]/g, "?");
}

function isDeeper(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return depth === 0 || Object.values(value).some((item) => isDeeper(item, depth - 1));
}
