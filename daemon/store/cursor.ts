import { nexusError } from "../../protocol/index.ts";

/** A cursor is the number of the last run on the page before. */
export function numberOf(cursor: string): number {
  if (!/^[0-9a-z]{1,10}$/.test(cursor)) throw nexusError("request.invalid", "The cursor is not one of ours.");
  return Number.parseInt(cursor, 36);
}
