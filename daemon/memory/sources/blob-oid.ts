/** Git's name of a content: what is alike has one name in every branch, worktree and clone. */
import { createHash } from "node:crypto";
import type { ObjectFormat } from "./source.ts";

export function blobOid(bytes: Uint8Array, format: ObjectFormat = "sha1"): string {
  return createHash(format).update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

export function formatOf(oid: string): ObjectFormat {
  return oid.length === 64 ? "sha256" : "sha1";
}
