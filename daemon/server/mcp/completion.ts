/** Completion of what addresses and prompts ask for: runs, documents, symbols. */
import {
  type CompleteRequest,
  type CompleteResult,
  ProtocolError,
  ProtocolErrorCode,
  type Server,
} from "@modelcontextprotocol/server";
import type { Desk } from "./desk.ts";
import { telling } from "./faults.ts";
import { PROMPTS } from "./prompts.ts";
import { documentsOf } from "./tools/plans.ts";
import { visible } from "./tools/tool.ts";
import { URIS } from "./uris.ts";

const MOST = 100;

/** What can stand for a name that begins so; other names have no proposals. */
const SOURCES: Readonly<Record<string, (desk: Desk, begin: string) => Promise<string[]>>> = {
  async runId({ links, folders }, begin) {
    const { runs } = await links.looking.request("run/list", { workspace: await folders().resolve(), limit: 500 });
    return runs.map(({ runId }) => runId).filter((runId) => runId.startsWith(begin));
  },
  async path(desk, begin) {
    const { documents } = await documentsOf(desk, {});
    return documents.map(({ path }) => path).filter((path) => path.startsWith(begin));
  },
  async symbol({ links, folders }, begin) {
    const workspace = await folders().resolve();
    const query = begin === "" ? {} : { query: begin.slice(0, 300) };
    const { symbols } = await links.looking.request("memory/symbols", { workspace, limit: MOST, ...query });
    return [...new Set(symbols.map(({ symbol }) => symbol))];
  },
};

export function registerCompletion(server: Server, desk: Desk): void {
  const complete = telling(async ({ params }: CompleteRequest): Promise<CompleteResult> => {
    const { name, value } = params.argument;
    if (!isKnown(params.ref))
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, "There is nothing of that name to be completed.");
    const source = Object.hasOwn(SOURCES, name) ? SOURCES[name] : undefined;
    const found = (await source?.(desk, value)) ?? [];
    const values = visible(found.slice(0, MOST));
    return { completion: { values, total: found.length, hasMore: found.length > values.length } };
  });
  server.setRequestHandler("completion/complete", complete);
}

function isKnown(ref: CompleteRequest["params"]["ref"]): boolean {
  if (ref.type === "ref/prompt") return PROMPTS.some((name) => name === ref.name);
  return Object.values(URIS).some((uri) => uri === ref.uri);
}
