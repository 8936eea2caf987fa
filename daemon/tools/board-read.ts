import * as z from "zod/mini";
import { failure } from "../../protocol/index.ts";
import { asData } from "../memory/context/cut.ts";
import type { DirectTool } from "./tool.ts";

const LONGEST_LIST_VALUE = 200;

const input = z.object({ key: z.optional(z.string().check(z.maxLength(80))) });

/** What the agents of the run have noted for each other. It is what others wrote: data, no instructions. */
export const boardRead: DirectTool<typeof input> = {
  name: "board_read",
  description: "Reads what this run's agents noted for each other: one entry, or without a key all, shortened.",
  input,
  effect: "pure",
  probes: [{ kind: "none" }],
  access: () => ({ kind: "none" }),
  async execute({ key }, { team }) {
    if (team === undefined) return failure("tool.failed", "You work alone, so there is no blackboard.");
    const all = await team.readBoard();
    const entries = key === undefined ? all : all.filter((entry) => entry.key === key);
    const summary =
      key === undefined ? `${entries.length} entries` : `${key}: ${entries.length === 0 ? "not there" : "read"}`;
    if (entries.length === 0)
      return {
        ok: true,
        output: key === undefined ? "It is empty." : `There is no entry "${key}" (version 0).`,
        summary,
      };
    const lines = entries.map(({ key: name, version, taskId, source, value }) => {
      const cut =
        key === undefined && value.length > LONGEST_LIST_VALUE ? `${value.slice(0, LONGEST_LIST_VALUE)} …` : value;
      return `${name} (version ${version}, by task ${taskId}${source === undefined ? "" : `, from ${source}`}): ${cut}`;
    });
    return { ok: true, output: asData("board", lines.join("\n")), summary };
  },
};
