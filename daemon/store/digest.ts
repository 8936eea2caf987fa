/** Checksums of rows. SQLite notices a damaged page structure but not a flipped bit inside a text; these do. */
import { hash } from "node:crypto";
import { nexusError } from "../../protocol/index.ts";

type Part = string | number | null | Uint8Array;

/** The first 128 bits of a SHA-256 over the parts, in hexadecimal digits. Lengths keep neighbours apart. */
export function digestOf(parts: readonly Part[]): string {
  let text = "";
  for (const part of parts) {
    const piece = part instanceof Uint8Array ? hash("sha256", part) : String(part);
    text += `${part === null ? "-" : piece.length}:${piece}`;
  }
  return hash("sha256", text).slice(0, 32);
}

/** Throws `store.corrupt` when the row is not what was written. */
export function checkDigest(row: { readonly digest: string }, parts: readonly Part[], what: string): void {
  if (row.digest !== digestOf(parts)) throw nexusError("store.corrupt", `${what} is not as it was written.`);
}
