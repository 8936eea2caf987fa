/** A design as one Markdown text, for reading, mail and review. */
import type { DesignDocument, DesignView, TraceNode } from "../../../protocol/index.ts";

/** Headings, lists, tables and Mermaid blocks; what documents say cannot become a heading or end a block of its own. */
export function markdownExport(view: DesignView): string {
  const documents = exported(view);
  return `${[
    `# ${line(view.project)}`,
    ...view.problems.map((problem) => `> ${line(problem)}`),
    ...documents.flatMap((document) => documentText(document)),
    ...(view.tasks.length === 0 ? [] : ["## Tasks", taskTable(view)]),
    ...(view.nodes.length === 0 ? [] : ["## Traces", traceTable(view)]),
    ...(view.checks.length === 0 ? [] : ["## Checks", checkTable(view)]),
  ].join("\n\n")}\n`;
}

/** Not the copies: they say what their documents say. In Markdown projects a diagram's file is no copy. */
export function exported({ documents }: DesignView): DesignDocument[] {
  const isClassic = documents.some(({ kind }) => /^(refined_)?(system_design|prd)$/.test(kind));
  const left: ReadonlySet<string> = new Set([
    ...["markdown_copy", "dependencies", "team", "test_output"],
    ...(isClassic ? ["mermaid"] : []),
  ]);
  return documents
    .filter(({ kind, content }) => !left.has(kind) && content !== null && content !== "")
    .toSorted((one, other) => orderOf(one) - orderOf(other));
}

const ORDER = ["requirement", "prd", "ui_design", "system_design", "task", "code"];

function orderOf({ kind }: DesignDocument): number {
  const at = ORDER.findIndex((name) => kind.replace(/^refined_/, "").startsWith(name));
  return at < 0 ? ORDER.length : at;
}

function documentText({ title, path, kind, content, stale, problems }: DesignDocument): string[] {
  const notes = [...stale, ...problems.map(({ message }) => message)];
  return [
    `## ${line(title)}`,
    `\`${path.replaceAll("`", "'")}\``,
    ...notes.map((note) => `> ${line(note)}`),
    ...(typeof content === "object" && content !== null
      ? Object.entries(content).flatMap(([key, value]) => [`### ${line(key)}`, valueText(key, value)])
      : [quoted(String(content), kind === "mermaid" ? "mermaid" : "text")]),
  ];
}

function valueText(key: string, value: unknown): string {
  if (typeof value === "string") {
    if (value === "") return "–";
    return isDiagram(key, value) ? quoted(value.replace(/^```mermaid\n|```\s*$/g, ""), "mermaid") : paragraph(value);
  }
  if (!Array.isArray(value)) return quoted(JSON.stringify(value, undefined, 2), "json");
  if (value.length === 0) return "–";
  if (value.every((item) => Array.isArray(item) && item.every((cell) => typeof cell === "string")))
    return table(value.map((item: unknown) => (Array.isArray(item) ? item.map(String) : [])));
  if (value.every((item) => typeof item === "string")) return value.map((item) => `- ${line(String(item))}`).join("\n");
  return quoted(JSON.stringify(value, undefined, 2), "json");
}

const DIAGRAM_KEYS = /^(Refined )?(Competitive Quadrant Chart|Data structures and interfaces|Program call flow)$/i;

export function isDiagram(key: string, value: string): boolean {
  return DIAGRAM_KEYS.test(key) && value.trim() !== "";
}

/** In a block whose fence is longer than any in the text. */
function quoted(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text.trimEnd()}\n${fence}`;
}

/** Text stays text: a line that would begin a heading, a quote or HTML does not. */
function paragraph(text: string): string {
  return text.split("\n").map(escapedLine).join("  \n");
}

function line(text: string): string {
  return escapedLine(text.replace(/\s+/g, " ").trim());
}

function escapedLine(text: string): string {
  return text
    .replaceAll("](", "]\\(")
    .replace(/[<>&]/g, (character) => ENTITIES[character] ?? character)
    .replace(/^(\s*)(#|\||`{3}|~{3}|=+\s*$|-{2,}\s*$)/, "$1\\$2");
}

const ENTITIES: Readonly<Record<string, string>> = { "<": "&lt;", ">": "&gt;", "&": "&amp;" };

function table(rows: readonly (readonly string[])[], head?: readonly string[]): string {
  const width = Math.max(1, ...rows.map((row) => row.length));
  const names = head ?? Array.from({ length: width }, () => "");
  const row = (cells: readonly string[]) =>
    `| ${Array.from({ length: width }, (_, index) => line(cells[index] ?? "").replaceAll("|", "\\|")).join(" | ")} |`;
  return [row(names), `|${" --- |".repeat(width)}`, ...rows.map(row)].join("\n");
}

export const TASK_HEAD = ["Task", "What", "After", "Status"] as const;
export const TRACE_HEAD = ["Kind", "What", "Leads to", "Status"] as const;
export const CHECK_HEAD = ["Page", "Check", "Outcome", "Detail"] as const;

export function taskRows({ tasks }: DesignView): string[][] {
  return tasks.map(({ id, title, dependsOn, status }) => [id, title, dependsOn.join(", "), status]);
}

export function traceRows({ nodes, links }: DesignView): string[][] {
  const leads = new Map<string, string[]>();
  for (const { from, to } of links) leads.set(from, [...(leads.get(from) ?? []), to]);
  return nodes.map((node) => [node.kind, nodeText(node), (leads.get(node.id) ?? []).join(", "), node.status]);
}

function nodeText({ id, text }: TraceNode): string {
  return text === "" || text === id ? id : `${id}: ${text}`;
}

export function checkRows({ checks }: DesignView): string[][] {
  return checks.flatMap(({ target, checks: own }) =>
    own.map(({ name, outcome, detail }) => [target, name, outcome, detail]),
  );
}

function taskTable(view: DesignView): string {
  return table(taskRows(view), TASK_HEAD);
}

function traceTable(view: DesignView): string {
  return table(traceRows(view), TRACE_HEAD);
}

function checkTable(view: DesignView): string {
  return table(checkRows(view), CHECK_HEAD);
}
