/** Between a file's bytes and the text that is edited, so that what is not replaced comes back byte for byte. */
import { isUtf8 } from "node:buffer";
import { failure, ok, type Result } from "../../../protocol/errors.ts";

export interface Encoded {
  readonly text: string;
  /** The bytes of the text after an edit; fails where the file's encoding cannot hold a character of it. */
  encode(text: string): Result<Buffer>;
}

/**
 * UTF-8; where no character of it stands in the file but single bytes do, Latin-1; where both do, UTF-8 whose stray bytes
 * stand as lone surrogates, which no well-formed text holds.
 */
export function decode(bytes: Buffer): Encoded {
  if (isUtf8(bytes)) {
    const text = bytes.toString("utf8");
    return { text, encode: (changed) => withoutLoss(text, changed, () => ok(Buffer.from(changed, "utf8"))) };
  }
  const raw = bytes.toString("latin1");
  if (!new RegExp(CHARACTER).test(raw))
    return { text: raw, encode: (changed) => withoutLoss(raw, changed, () => toLatin1(changed)) };
  const text = raw.replace(new RegExp(`(${CHARACTER})|[\\x80-\\xff]`, "g"), (match, character?: string) =>
    character === undefined
      ? String.fromCharCode(STRAY + match.charCodeAt(0))
      : Buffer.from(character, "latin1").toString("utf8"),
  );
  return { text, encode: (changed) => withoutLoss(text, changed, () => ok(fromStray(changed))) };
}

/** The bytes of one character beyond ASCII in UTF-8, as Latin-1. */
const CHARACTER =
  "[\\xc2-\\xdf][\\x80-\\xbf]|\\xe0[\\xa0-\\xbf][\\x80-\\xbf]|[\\xe1-\\xec\\xee\\xef][\\x80-\\xbf]{2}|\\xed[\\x80-\\x9f][\\x80-\\xbf]|\\xf0[\\x90-\\xbf][\\x80-\\xbf]{2}|[\\xf1-\\xf3][\\x80-\\xbf]{3}|\\xf4[\\x80-\\x8f][\\x80-\\xbf]{2}";
const STRAY = 0xdc00;
const UNKNOWN = "\ufffd";

/** A model is shown U+FFFD for bytes that are no text; written back, it would take their place. */
function withoutLoss(before: string, after: string, encode: () => Result<Buffer>): Result<Buffer> {
  if (countOf(after) <= countOf(before)) return encode();
  return failure(
    "tool.failed",
    `The new text holds “${UNKNOWN}”, which stands for bytes that are no text; leave those out of the edit.`,
  );
}

function countOf(text: string): number {
  return text.includes(UNKNOWN) ? text.split(UNKNOWN).length : 0;
}

function toLatin1(text: string): Result<Buffer> {
  const foreign = /[^\0-\xff]/u.exec(text)?.[0];
  if (foreign === undefined) return ok(Buffer.from(text, "latin1"));
  return failure(
    "tool.failed",
    `The file is not UTF-8 but Latin-1 (one byte a character), which cannot hold “${foreign}”.`,
  );
}

function fromStray(text: string): Buffer {
  const parts = text.split(/((?<![\ud800-\udbff])[\udc80-\udcff]+)/);
  return Buffer.concat(
    parts.map((part, index) => {
      if (index % 2 === 0) return Buffer.from(part, "utf8");
      return Buffer.from([...part].map((character) => character.charCodeAt(0) - STRAY));
    }),
  );
}
