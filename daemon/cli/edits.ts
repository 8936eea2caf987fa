/** nexus edits --stdin: the edit engine for scripts and other agents. Touches no file, needs no daemon. */
import * as z from "zod/mini";
import { nexusError } from "../../protocol/errors.ts";
import { applyEdits, createByEdits, type EditOutcome } from "../tools/edits/apply.ts";
import { type CliContext, printJson } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { inputLines } from "./input-lines.ts";
import type { Arguments } from "./parse.ts";

/** Characters of a line; the largest file that the tools edit has 10 MB, and each edit says parts of it again. */
const MAX_LINE_LENGTH = 64 * 1024 * 1024;
/** Characters of answers after which we wait for the reader. */
const FLUSH_AFTER = 4 * 1024 * 1024;

const Edits = z.array(z.object({ search: z.string(), replace: z.string() }));
const Id = z.union([z.string(), z.number()]);

export interface EditAnswer {
  /** Null where the line does not say a usable one. */
  readonly id: string | number | null;
  readonly status: EditOutcome["status"];
  /** The whole new text; of `applied` and `applied_approx` only. */
  readonly result?: string;
  readonly message?: string;
}

export async function editsCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  if (!args.has("stdin"))
    throw nexusError("usage.invalid", "`nexus edits` reads JSON Lines from standard input: give --stdin.");
  let unflushed = 0;
  for await (const line of inputLines(context.terminal.input(), MAX_LINE_LENGTH)) {
    const answer = answerEditLine(line);
    printJson(context, answer);
    unflushed += (answer.result?.length ?? 0) + 200;
    if (unflushed < FLUSH_AFTER) continue;
    await context.terminal.flush();
    unflushed = 0;
  }
  return EXIT.done;
}

/** Never throws: a line that makes no sense is `rejected`, and says why. */
export function answerEditLine(line: string): EditAnswer {
  if (line.length > MAX_LINE_LENGTH) return refused(null, "The line is too long.");
  let value: unknown;
  try {
    value = JSON.parse(line.charCodeAt(0) === 0xfeff ? line.slice(1) : line);
  } catch {
    return refused(null, "The line is not JSON.");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return refused(null, "The line is not a JSON object.");
  const fields: Record<string, unknown> = Object.fromEntries(Object.entries(value));
  const { id, original } = fields;
  const name = Id.safeParse(id);
  if (!name.success) return refused(null, "“id” must be a string or a number.");
  if (typeof original !== "string" && original !== null)
    return refused(name.data, "“original” must be a string, or null for a file that does not exist.");
  const edits = Edits.safeParse(fields["edits"]);
  if (!edits.success) return refused(name.data, "“edits” must be a list of {search, replace}, both strings.");
  const outcome = original === null ? createByEdits(edits.data) : applyEdits(original, edits.data);
  return answerOf(name.data, outcome, edits.data.length);
}

function answerOf(id: string | number, outcome: EditOutcome, count: number): EditAnswer {
  if ("text" in outcome) {
    const { status, text: result, notes } = outcome;
    return { id, status, result, ...(notes.length === 0 ? {} : { message: notes.join("\n") }) };
  }
  const which = count > 1 ? `Edit ${outcome.index + 1} of ${count}; none was applied. ` : "";
  return { id, status: outcome.status, message: which + outcome.message };
}

function refused(id: string | number | null, message: string): EditAnswer {
  return { id, status: "rejected", message };
}
