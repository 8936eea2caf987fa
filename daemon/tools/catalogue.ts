/** All tools, and their schemas as a model is told of them. */
import * as z from "zod/mini";
import { applyPatch } from "./apply-patch.ts";
import { askAgent } from "./ask-agent.ts";
import { askUser } from "./ask-user.ts";
import { boardRead } from "./board-read.ts";
import { boardWrite } from "./board-write.ts";
import { commandOutput } from "./command-output.ts";
import { delegate } from "./delegate.ts";
import { deleteFile } from "./delete-file.ts";
import { diagnostics } from "./diagnostics.ts";
import { editFile } from "./edit-file.ts";
import { fetchUrl } from "./fetch-url.ts";

import { probeEndpoint } from "./fields/backend/probe-endpoint.ts";
import { checkCitations } from "./fields/check-citations.ts";
import { queryData } from "./fields/data/query-data.ts";
import { checkDelivery } from "./fields/devops/check-delivery.ts";
import { findUntested } from "./fields/find-untested.ts";
import { checkPage } from "./fields/frontend/check-page.ts";

import { findAgents } from "./find-agents.ts";
import { findSymbol } from "./find-symbol.ts";
import { gitLook } from "./git.ts";
import { gitRecord } from "./git-record.ts";
import { listFiles } from "./list-files.ts";
import { moveFile } from "./move-file.ts";
import { multiEdit } from "./multi-edit.ts";
import { readFile } from "./read-file.ts";
import { readResult } from "./read-result.ts";
import { recallFacts } from "./recall.ts";
import { remember } from "./remember.ts";
import { runCommand } from "./run-command.ts";
import { runTests } from "./run-tests.ts";
import { searchCode } from "./search-code.ts";
import { searchText } from "./search-text.ts";
import { sendMessage } from "./send-message.ts";
import { showDiff } from "./show-diff.ts";
import { stopCommand } from "./stop-command.ts";
import { todo } from "./todo.ts";
import type { Tool } from "./tool.ts";
import { writeFile } from "./write-file.ts";

/** The same shape as the models' ToolSchema; hands do not import each other. */
export interface ToolSchema {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments object. */
  readonly parameters: Record<string, unknown>;
}

export const TOOLS: readonly Tool[] = [
  listFiles,
  readFile,
  searchText,
  searchCode,
  findSymbol,
  editFile,
  multiEdit,
  applyPatch,
  writeFile,
  moveFile,
  deleteFile,
  runCommand,
  commandOutput,
  stopCommand,
  fetchUrl,
  findAgents,
  runTests,
  findUntested,
  checkCitations,
  diagnostics,
  gitLook,
  gitRecord,
  showDiff,
  recallFacts,
  remember,
  askUser,
  todo,
  boardRead,
  boardWrite,
  sendMessage,
  askAgent,
  delegate,
  checkDelivery,
  queryData,
  probeEndpoint,
  checkPage,
  readResult,
];

/** Offered to whoever works beside others on the same plan, whatever the agent names; to nobody else. */
export const TEAM_TOOLS: readonly Tool[] = [boardRead, boardWrite, sendMessage, askAgent];

const cache = new WeakMap<Tool, ToolSchema>();

/** What a model is told of a tool; the same object at every call. */
export function schemaOf(tool: Tool): ToolSchema {
  const known = cache.get(tool);
  if (known !== undefined) return known;
  const { name, description, input, foreign } = tool;
  const schema = { name, description, parameters: foreign?.parameters ?? jsonSchemaOf(input) };
  cache.set(tool, schema);
  return schema;
}

/** The tools that `allowed` lets through, in the catalogue's order. */
export function toolSchemas(allowed: (tool: Tool) => boolean): ToolSchema[] {
  return TOOLS.filter(allowed).map(schemaOf);
}

/** JSON Schema without what costs tokens and says nothing: `$schema`, and the bounds of every safe integer. */
export function jsonSchemaOf(schema: z.ZodMiniType): Record<string, unknown> {
  const text = JSON.stringify(z.toJSONSchema(schema, { io: "input" }), (key, value: unknown) => {
    const isNoise = key === "$schema" || value === Number.MAX_SAFE_INTEGER || value === Number.MIN_SAFE_INTEGER;
    return isNoise ? undefined : value;
  });
  return JSON.parse(text);
}
