/** The shapes of parameters that several requests have. */
import * as z from "zod/mini";

const unit = z.int().check(z.gte(0), z.lte(2 ** 31 - 1));

const PositionParam = z.object({ line: unit, character: unit });
export const RangeParam = z.object({ start: PositionParam, end: PositionParam });

const uri = z.string().check(z.minLength(1), z.maxLength(8192));
const token = z.optional(z.union([z.string(), z.int()]));

/** Where its answer may be told in pieces, and its progress. */
export const tokens = { workDoneToken: token, partialResultToken: token };

export const DocumentParams = z.object({ textDocument: z.object({ uri }), ...tokens });
export const PlaceParams = z.object({ textDocument: z.object({ uri }), position: PositionParam, ...tokens });
