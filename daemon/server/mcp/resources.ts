/** What can be read by its address: the map of the folder, runs with plan, diff and events, and design documents. */
import {
  type ListResourcesResult,
  type McpServer,
  type ReadResourceResult,
  ResourceNotFoundError,
  ResourceTemplate,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { type DesignDocument, NexusError, pendingPaths } from "../../../protocol/index.ts";
import { type Desk, runOf } from "./desk.ts";
import { telling } from "./faults.ts";
import { documentsOf, documentText } from "./tools/plans.ts";
import { digestOf } from "./tools/runs.ts";
import { visible } from "./tools/tool.ts";
import { decoded, documentUri, runUri, URIS } from "./uris.ts";
import { fittingEvents } from "./watching.ts";

const PAGE = 50;
const MOST_DOCUMENTS = 200;
const MAP_TOKENS = 4000;
const MOST_DIFF = 200_000;
const JSON_TYPE = "application/json";

type Variables = Readonly<Record<string, string | string[]>>;

interface Template {
  readonly name: string;
  readonly uri: string;
  readonly title: string;
  readonly description: string;
  readonly mimeType: string;
  read(desk: Desk, value: (variable: string) => string, signal: AbortSignal): Promise<string>;
}

const TEMPLATES: readonly Template[] = [
  {
    name: "run",
    uri: URIS.run,
    title: "Run",
    description: "How a run stands. Subscribe to be told of every change.",
    mimeType: JSON_TYPE,
    read: async (desk, value, signal) => JSON.stringify(digestOf(await runOf(desk, value("runId"), signal)), null, 2),
  },
  {
    name: "plan",
    uri: URIS.plan,
    title: "Plan of a run",
    description: "Its tasks, and what they took so far.",
    mimeType: JSON_TYPE,
    async read(desk, value, signal) {
      const { runId } = await runOf(desk, value("runId"), signal);
      return JSON.stringify(await desk.links.looking.request("plan/show", { runId }, { signal }), null, 2);
    },
  },
  {
    name: "diff",
    uri: URIS.diff,
    title: "Diff of a run",
    description: "What it changed and nobody decided about yet.",
    mimeType: "text/x-diff",
    read: (desk, value, signal) => diffText(desk, value("runId"), signal),
  },
  {
    name: "events",
    uri: URIS.events,
    title: "Events of a run",
    description: "Those above a number, one JSON object a line.",
    mimeType: "application/jsonl",
    async read(desk, value, signal) {
      const { runId } = await runOf(desk, value("runId"), signal);
      const after = Math.max(0, Number.parseInt(value("after"), 10) || 0);
      const { events } = await desk.links.looking.request("run/events", { runId, after, limit: 200 }, { signal });
      return fittingEvents(events)
        .map((event) => `${JSON.stringify(event)}\n`)
        .join("");
    },
  },
  {
    name: "run-document",
    uri: URIS.runDocument,
    title: "Design document of a run",
    description: "As it stands in the run's copy.",
    mimeType: "text/plain",
    async read(desk, value, signal) {
      const { documents } = await documentsOf(desk, { runId: value("runId") }, signal);
      return documentAt(documents, value("path"));
    },
  },
  {
    name: "document",
    uri: URIS.document,
    title: "Design document",
    description: "Of the served folder.",
    mimeType: "text/plain",
    read: async (desk, value, signal) => documentAt((await documentsOf(desk, {}, signal)).documents, value("path")),
  },
];

const MAP = { title: "Repository map", mimeType: "text/plain" };

export function registerResources(server: McpServer, desk: Desk): void {
  const readMap = telling(async (url: URL, { mcpReq: { signal } }: ServerContext) => {
    const workspace = await desk.folders().resolve();
    const { text } = await desk.links.looking.request("memory/map", { workspace, tokens: MAP_TOKENS }, { signal });
    return contents(url.href, MAP.mimeType, text);
  });
  server.registerResource("map", URIS.map, MAP, readMap);
  for (const { name, uri, read, ...about } of TEMPLATES)
    server.registerResource(
      name,
      new ResourceTemplate(uri, { list: undefined }),
      about,
      telling(async (url: URL, variables: Variables, { mcpReq }: ServerContext) => {
        const value = (variable: string) => decoded(one(variables, variable));
        return contents(url.href, about.mimeType, await found(url.href, () => read(desk, value, mcpReq.signal)));
      }),
    );
  // The library's own list has no pages.
  const listed = telling(list);
  server.server.setRequestHandler("resources/list", ({ params }, { mcpReq }) =>
    listed(desk, params?.cursor, mcpReq.signal),
  );
}

/** First the map and the documents, then runs, newest first; the cursor is the daemon's. */
async function list(desk: Desk, cursor: string | undefined, signal: AbortSignal): Promise<ListResourcesResult> {
  const workspace = await desk.folders().resolve();
  const page = { workspace, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) };
  const { runs, nextCursor } = await desk.links.looking.request("run/list", page, { signal });
  const resources = runs.map(({ runId, prompt, status, updatedAt }) => ({
    uri: runUri(runId),
    name: runId,
    title: visible(prompt.split("\n", 1).join("").slice(0, 100)),
    description: status,
    mimeType: JSON_TYPE,
    annotations: { lastModified: updatedAt },
  }));
  const first = cursor === undefined ? await firstResources(desk, signal) : [];
  return { resources: [...first, ...resources], ...(nextCursor === null ? {} : { nextCursor }) };
}

async function firstResources(desk: Desk, signal: AbortSignal) {
  const map = { uri: URIS.map, name: "map", ...MAP };
  const documents = await documentsOf(desk, {}, signal).then(
    (view) => view.documents,
    () => [],
  );
  const listed = documents.slice(0, MOST_DOCUMENTS).map(({ path, title, kind }) => ({
    uri: documentUri(path),
    name: visible(path),
    title: visible(title),
    description: kind,
    mimeType: "text/plain",
  }));
  return [map, ...listed];
}

async function diffText(desk: Desk, id: string, signal: AbortSignal): Promise<string> {
  const run = await runOf(desk, id, signal);
  let text = "";
  for (const path of pendingPaths(run)) {
    const { diff } = await desk.links.looking.request("changes/diff", { runId: run.runId, path }, { signal });
    text += diff.patch;
    if (text.length > MOST_DIFF)
      return `${text.slice(0, MOST_DIFF)}\n… more is left out; run_diff shows single files\n`;
  }
  return text;
}

function documentAt(documents: readonly DesignDocument[], path: string): string {
  const document = documents.find((each) => each.path === path);
  if (document === undefined) throw new ResourceNotFoundError(path);
  return documentText(document);
}

/** A run or document that is not there is a resource that is not there. */
async function found(uri: string, read: () => Promise<string>): Promise<string> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ResourceNotFoundError) throw new ResourceNotFoundError(uri);
    if (error instanceof NexusError && ["run.unknown", "design.none"].includes(error.value.code))
      throw new ResourceNotFoundError(uri, error.value.message);
    throw error;
  }
}

function contents(uri: string, mimeType: string, text: string): ReadResourceResult {
  return { contents: [{ uri, mimeType, text: visible(text), _meta: { "nexus/untrusted": true } }] };
}

function one(variables: Variables, name: string): string {
  const value = variables[name] ?? "";
  return Array.isArray(value) ? value.join("/") : value;
}
