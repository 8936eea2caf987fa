/** Tools that look into code memory. */
import * as z from "zod/mini";
import {
  Fact,
  FactKind,
  FactStatus,
  type IndexProgress,
  MemoryStatus,
  memoryConnect,
  memoryFile,
  memoryHotspots,
  memoryImpact,
  memoryMap,
  memoryPlace,
  memorySearch,
  memorySymbols,
  memoryUses,
  SearchMode,
} from "../../../../protocol/index.ts";
import type { Desk } from "../desk.ts";
import { count, cursor, folder, nextCursor, text } from "./fields.ts";
import { type Tool, type ToolCall, tool } from "./tool.ts";

const symbol = text('A symbol: "add", "Cart.add", "src/cart.ts#Cart.add", "src/cart.ts:10", or a file by its path.');
const path = z.optional(text("The file that the symbol stands in, where several have its name.", 4096));
const line = z.optional(z.int().check(z.gte(1), z.describe("The line where it stands or is used.")));
const target = { symbol, path, line };
const globs = z.optional(
  z.array(text("A glob.")).check(z.maxLength(50), z.describe('Only files that fit: "src/**", "!**/*.test.ts".')),
);
const names = (meaning: string) =>
  z.optional(z.array(text("A name.", 100)).check(z.maxLength(50), z.describe(meaning)));

function progressText({ phase, done, total }: IndexProgress): string {
  return total === null ? `${phase}: ${done}` : `${phase}: ${done} of ${total}`;
}

export function codeTools(desk: Desk): Tool[] {
  const { looking } = desk.links;

  /** The real folder, and the progress of its index passed on while the work goes on. */
  async function within<Value>(
    wanted: string | undefined,
    call: ToolCall,
    work: (workspace: string, options: { signal: AbortSignal }) => Promise<Value>,
  ): Promise<Value> {
    const workspace = await desk.folders().resolve(wanted);
    const off = looking.on("memory/progress", ({ workspace: of, progress }) => {
      if (of === workspace && progress !== null) call.progress(progressText(progress));
    });
    return work(workspace, { signal: call.signal }).finally(off);
  }

  return [
    tool({
      name: "search_code",
      title: "Search code",
      description:
        "Finds code by words (ranked), by symbol name (symbol) or by regular expression through the text (regex). The folder is indexed first where it is not.",
      input: z.strictObject({
        query: text("Words, a symbol's name, or a regular expression.", 10_000),
        mode: z.optional(SearchMode.check(z.describe("Default: ranked."))),
        paths: globs,
        languages: names("Only these languages."),
        kinds: names('Only symbols of these kinds: "class", "function", …'),
        limit: count("How many results a page has; default 10.", 50),
        cursor,
        folder,
      }),
      output: memorySearch.result,
      call: ({ folder: wanted, limit = 10, ...query }, call) =>
        within(wanted, call, (workspace, options) =>
          looking.request("memory/search", { workspace, limit, ...query }, options),
        ),
    }),
    tool({
      name: "list_symbols",
      title: "List symbols",
      description:
        "Definitions with signature and place: of one file in their order, or of the whole folder by name, best match first.",
      input: z.strictObject({
        path: z.optional(text("A file; left out: the whole folder.", 4096)),
        query: z.optional(text("Letters of the name in their order.", 300)),
        kinds: names('Only these kinds: "class", "function", …'),
        languages: names("Only these languages."),
        limit: count("How many symbols a page has; default 50.", 200),
        cursor,
        folder,
      }),
      output: memorySymbols.result,
      call: ({ folder: wanted, limit = 50, ...query }, call) =>
        within(wanted, call, (workspace, options) =>
          looking.request("memory/symbols", { workspace, limit, ...query }, options),
        ),
    }),
    tool({
      name: "find_uses",
      title: "Find uses",
      description: "Who uses a symbol: calls, types, bases, imports, each with its line and what it stands in.",
      input: z.strictObject({ ...target, limit: count("How many uses a page has; default 50.", 200), cursor, folder }),
      output: memoryUses.result,
      call: ({ folder: wanted, limit = 50, ...query }, call) =>
        within(wanted, call, (workspace, options) =>
          looking.request("memory/uses", { workspace, limit, ...query }, options),
        ),
    }),
    tool({
      name: "change_impact",
      title: "Impact of a change",
      description: "What may break when a symbol changes, nearest first, the tests to run, and how risky it is.",
      input: z.strictObject({
        ...target,
        depth: count("How many steps from the symbol; default 3.", 10),
        limit: count("How many places a page has; default 50.", 200),
        cursor,
        folder,
      }),
      output: memoryImpact.result,
      call: ({ folder: wanted, limit = 50, ...query }, call) =>
        within(wanted, call, (workspace, options) =>
          looking.request("memory/impact", { workspace, limit, ...query }, options),
        ),
    }),
    tool({
      name: "connect_symbols",
      title: "How two symbols connect",
      description:
        "The shortest chains of calls, types and imports between two symbols or files; none when there are none.",
      input: z.strictObject({ from: z.strictObject(target), to: z.strictObject(target), folder }),
      output: memoryConnect.result,
      call: ({ folder: wanted, ...ends }, call) =>
        within(wanted, call, (workspace, options) =>
          looking.request("memory/connect", { workspace, ...ends }, options),
        ),
    }),
    tool({
      name: "repo_map",
      title: "Repository map",
      description: "The most central files and signatures of the folder as a text within a budget of tokens.",
      input: z.strictObject({
        tokens: z.optional(z.int().check(z.gte(100), z.lte(20_000), z.describe("How long it may be; default 2000."))),
        focus: z.optional(
          z
            .array(text("A file.", 4096))
            .check(z.maxLength(50), z.describe("Files that it is for: what they need counts more.")),
        ),
        folder,
      }),
      output: memoryMap.result,
      call: ({ folder: wanted, ...query }, call) =>
        within(wanted, call, (workspace, options) => looking.request("memory/map", { workspace, ...query }, options)),
    }),
    tool({
      name: "file_facts",
      title: "Facts and history of a file",
      description:
        "Outline, imports, who imports it, its tests, owners, latest commits, and the files that change together with it.",
      input: z.strictObject({ path: text("The file, relative to the folder.", 4096), folder }),
      output: memoryFile.result,
      call: ({ folder: wanted, path: file }, call) =>
        within(wanted, call, (workspace, options) =>
          looking.request("memory/file", { workspace, path: file }, options),
        ),
    }),
    tool({
      name: "hotspots",
      title: "Hot spots",
      description: "Files that change often and are long: where change costs most.",
      input: z.strictObject({ limit: count("How many files a page has; default 20.", 200), cursor, folder }),
      output: memoryHotspots.result,
      call: ({ folder: wanted, limit = 20, ...query }, call) =>
        within(wanted, call, (workspace, options) =>
          looking.request("memory/hotspots", { workspace, limit, ...query }, options),
        ),
    }),
    tool({
      name: "place_for_code",
      title: "Place for new code",
      description: "Where something new would go, a neighbour to follow, and where its test would go.",
      input: z.strictObject({
        description: text("What it is, in words.", 10_000),
        limit: count("How many places; default 5.", 20),
        folder,
      }),
      output: memoryPlace.result,
      call: ({ folder: wanted, limit = 5, description }, call) =>
        within(wanted, call, (workspace, options) =>
          looking.request("memory/place", { workspace, limit, description }, options),
        ),
    }),
    tool({
      name: "project_facts",
      title: "What people noted",
      description:
        "Decisions, conventions, dead ends and preferences of the project, with what they cite and who noted them.",
      input: z.strictObject({
        text: z.optional(text("Letters that stand in it.", 200)),
        path: z.optional(text("A file, or a folder above it, that is cited.", 1000)),
        kinds: z.optional(z.array(FactKind)),
        statuses: z.optional(z.array(FactStatus).check(z.describe("Left out: all but retired ones."))),
        limit: count("How many facts a page has; default 20.", 100),
        cursor,
        folder,
      }),
      output: z.object({ facts: z.array(Fact), nextCursor }),
      call: ({ folder: wanted, limit = 20, ...query }, call) =>
        within(wanted, call, (workspace, options) =>
          looking.request("memory/facts", { workspace, limit, ...query }, options),
        ),
    }),
    tool({
      name: "index_status",
      title: "State of the index",
      description:
        "What is known of the folder: files, languages, what was left out and why, and whether it is up to date. Starts nothing.",
      input: z.strictObject({ folder }),
      output: MemoryStatus,
      call: ({ folder: wanted }, call) =>
        within(wanted, call, (workspace, options) => looking.request("memory/status", { workspace }, options)),
    }),
  ];
}
