/** What a run has done so far, in figures. */
import * as z from "zod/mini";

export const RunStats = z.object({
  modelCalls: z.int(),
  toolCalls: z.int(),
  /** Model calls up to and including the one that asked for the first change of a file. */
  callsBeforeFirstEdit: z.nullable(z.int()),
  /** Largest estimate seen of system prompt and tool schemas, in tokens. */
  overheadTokens: z.int(),
  inputTokens: z.int(),
  cacheReadTokens: z.int(),
  outputTokens: z.int(),
});
export type RunStats = z.infer<typeof RunStats>;
