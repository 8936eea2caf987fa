/** Which tools an agent is offered, turn by turn. */
import type { ToolSchema } from "../../models/model.ts";
import type { Access } from "../../security/access.ts";
import type { Judgement } from "../../security/judgement.ts";
import { schemaOf, TOOLS } from "../../tools/catalogue.ts";
import { createFindTools } from "../../tools/find-tools.ts";
import type { RecordedOutcome } from "../../tools/gate/journal-port.ts";
import { isPossible } from "../../tools/gate/probes.ts";
import { readResult } from "../../tools/read-result.ts";
import type { Tool } from "../../tools/tool.ts";

export interface ToolboxOptions {
  /** Whether a built-in tool can do anything here, policy aside. */
  readonly isUseful: (tool: Tool) => boolean;
  /** Tools of the run's kind of work, beside those that all have. */
  readonly own?: readonly Tool[];
  /** Tools that others wrote, by what there is now. */
  readonly foreign: readonly Tool[];
  readonly judgeAccess: (access: Access) => Promise<Judgement>;
  /** Commands that are allowed word for word. */
  readonly allowedCommands: readonly string[];
  readonly count: (text: string) => number;
}

export interface Toolbox {
  /** What the model is told at the next turn. The same array until something is learned. */
  schemas(): readonly ToolSchema[];
  /** The same tools, for the gate. */
  tools(): readonly Tool[];
  /** Takes notice of what a call, live or replayed, brings with it for the turns after. */
  learn(outcome: Pick<RecordedOutcome, "isCut" | "offers">): void;
}

/** Tools of others that cost more than this are not sent, but found when they are wanted. */
const FOREIGN_TOKENS = 1500;
/** The same for those that were found; the earliest are dropped first. */
const FOUND_TOKENS = 6000;

export async function createToolbox(options: ToolboxOptions): Promise<Toolbox> {
  const { isUseful, judgeAccess, allowedCommands, count } = options;
  const possible = (tool: Tool) => isPossible(tool, judgeAccess, allowedCommands);
  const own = await chosen(
    [...TOOLS, ...(options.own ?? [])].filter((tool) => tool !== readResult && isUseful(tool)),
    possible,
  );
  const foreign = await chosen(options.foreign, possible);
  const cost = (tool: Tool) => count(JSON.stringify(schemaOf(tool)));
  const isDeferred = foreign.reduce((sum, tool) => sum + cost(tool), 0) > FOREIGN_TOKENS;
  const always = isDeferred ? [...own, createFindTools(foreign)] : [...own, ...foreign];
  const found: Tool[] = [];
  let isCut = false;
  let now = always;
  let schemas = now.map(schemaOf);

  function offer(names: readonly string[]): void {
    for (const tool of foreign) if (names.includes(tool.name) && !found.includes(tool)) found.push(tool);
    while (found.length > 1 && found.reduce((sum, tool) => sum + cost(tool), 0) > FOUND_TOKENS) found.shift();
  }

  return {
    schemas: () => schemas,
    tools: () => now,
    learn(outcome) {
      if (outcome.isCut !== true && outcome.offers === undefined) return;
      isCut ||= outcome.isCut === true;
      if (isDeferred) offer(outcome.offers ?? []);
      now = [...always, ...(isCut ? [readResult] : []), ...found];
      schemas = now.map(schemaOf);
    },
  };
}

async function chosen(tools: readonly Tool[], possible: (tool: Tool) => Promise<boolean>): Promise<Tool[]> {
  const verdicts = await Promise.all(tools.map(possible));
  return tools.filter((_, index) => verdicts[index]);
}
