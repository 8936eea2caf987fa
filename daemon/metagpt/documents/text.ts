/** From the bytes of a document to its text, in the encodings in which MetaGPT and editors on Windows write. */

export interface DecodedText {
  readonly text: string;
  /** Its bytes begin with a mark of their encoding; the text does not. */
  readonly hasMark: boolean;
  readonly encoding: "utf-8" | "utf-16le" | "utf-16be";
}

/** Undefined: it is no text in one of these encodings. */
export function decodeText(bytes: Uint8Array): DecodedText | undefined {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : isBigEndian(bytes) ? "utf-16be" : "utf-8";
  try {
    const text = new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
    const hasMark = text.charCodeAt(0) === 0xfeff;
    return { text: hasMark ? text.slice(1) : text, hasMark, encoding };
  } catch {
    return undefined;
  }
}

/** The same encoding and mark again; bytes that `decodeText` read and that are unchanged come out as they were. */
export function encodeText({ text, hasMark, encoding }: DecodedText): Uint8Array {
  const whole = hasMark ? `\ufeff${text}` : text;
  if (encoding === "utf-8") return Buffer.from(whole, "utf8");
  const little = Buffer.from(whole, "utf16le");
  return encoding === "utf-16le" ? little : little.swap16();
}

function isBigEndian(bytes: Uint8Array): boolean {
  return bytes[0] === 0xfe && bytes[1] === 0xff;
}
