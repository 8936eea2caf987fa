/** Arguments of commands: what a client sends is checked before anything is done with it. */
import { ResponseError } from "vscode-languageserver/node";
import type * as z from "zod/mini";

const INVALID_PARAMS = -32602;

/** Throws InvalidParams with `problem`: what would be right. */
export function parsed<Schema extends z.ZodMiniType>(
  schema: Schema,
  value: unknown,
  problem: string,
): z.output<Schema> {
  const read = schema.safeParse(value);
  if (!read.success) throw new ResponseError(INVALID_PARAMS, `${problem}.`);
  return read.data;
}
