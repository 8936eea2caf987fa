/** What can be read by its address: the map of the folder, runs with plan, diff and events, and design documents. */
import {
  type ListResourcesResult,
  type McpServer,
  type ReadResourceResult,
  ResourceNotFoundError,
  ResourceTemplate,
} from "@modelcontextprotocol/server";
import { type DesignDocument, NexusError, pendingPaths } from "../../../protocol/index.ts";
import { type Desk, runOf } from "./desk.ts";
import { documentsOf, documentText } from "./tools/plans.ts";
import { digestOf } from "./tools/runs.ts";
import { visible } from "./tools/tool.ts";
import { decoded, documentUri, runUri, URIS } from "./uris.ts";

const PAGE = 50;
const MOST_DOCUMENTS = 200;
const MAP_TOKENS = 4000;
const MOST_DIFF = 200_000;
const JSON_TYPE = "application/json";

type Variables = Readonly<Record<string, string | string[]>>;

export function registerResources(server: McpServer, desk: Desk): void {
  const { looking } = desk.links;

  function template(
    name: string,
    uri: string,
    about: { readonly title: string; readonly description: string; readonly mimeType: string },
    read: (variable: (name: string) => string, signal: AbortSignal) => Promise<string>,
  ): void {
    const callbacks = { list: undefined };
    server.registerResource(name, new ResourceTemplate(uri, callbacks), about, async (url, variables, { mcpReq }) => {
      const value = (key: string) => decoded(one(variables, key));
      const text = await found(url.href, () => read(value, mcpReq.signal));
      return contents(url.href, about.mimeType, text);
    });
  }

  server.registerResource(
    "map",
    URIS.map,
    { title: "Repository map", mimeType: "text/plain" },
    async (url, { mcpReq }) => {
      const workspace = await desk.folders().resolve();
      const { text } = await looking.request(
        "memory/map",
        { workspace, tokens: MAP_TOKENS },
        { signal: mcpReq.signal },
      );
      return contents(url.href, "text/plain", text);
    },
  );
  template(
    "run",
    URIS.run,
    { title: "Run", description: "How a run stands. Subscribe to be told of every change.", mimeType: JSON_TYPE },
    async (value, signal) => JSON.stringify(digestOf(await runOf(desk, value("runId"), signal)), null, 2),
  );
  template(
    "plan",
    URIS.plan,
    { title: "Plan of a run", description: "Its tasks, and what they took so far.", mimeType: JSON_TYPE },
    async (value, signal) => {
      const { runId } = await runOf(desk, value("runId"), signal);
      return JSON.stringify(await looking.request("plan/show", { runId }, { signal }), null, 2);
    },
  );
  template(
    "diff",
    URIS.diff,
    { title: "Diff of a run", description: "What it changed and nobody decided about yet.", mimeType: "text/x-diff" },
    (value, signal) => diffText(desk, value("runId"), signal),
  );
  template(
    "events",
    URIS.events,
    {
      title: "Events of a run",
      description: "Those above a number, one JSON object a line.",
      mimeType: "application/jsonl",
    },
    async (value, signal) => {
      const { runId } = await runOf(desk, value("runId"), signal);
      const after = Math.max(0, Number.parseInt(value("after"), 10) || 0);
      const { events } = await looking.request("run/events", { runId, after, limit: 200 }, { signal });
      return events.map((event) => `${JSON.stringify(event)}\n`).join("");
    },
  );
  template(
    "run-document",
    URIS.runDocument,
    { title: "Design document of a run", description: "As it stands in the run's copy.", mimeType: "text/plain" },
    async (value, signal) => {
      const { documents } = await documentsOf(desk, { runId: value("runId") }, signal);
      return documentAt(documents, value("path"));
    },
  );
  template(
    "document",
    URIS.document,
    { title: "Design document", description: "Of the served folder.", mimeType: "text/plain" },
    async (value, signal) => documentAt((await documentsOf(desk, {}, signal)).documents, value("path")),
  );

  // The library's own list has no pages.
  server.server.setRequestHandler("resources/list", ({ params }, { mcpReq }) =>
    list(desk, params?.cursor, mcpReq.signal),
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
  const map = { uri: URIS.map, name: "map", title: "Repository map", mimeType: "text/plain" };
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
