/** What a content is known by in the index. */
import type { SourceEntry } from "../sources/source.ts";

/**
 * Git's name of the bytes and the ending of the path: the same bytes are read otherwise as "a.ts" than as "a.txt". A file
 * without an ending counts by its whole name, as in "Dockerfile".
 */
export function contentName({ oid, path }: Pick<SourceEntry, "oid" | "path">): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.indexOf(".", 1);
  return oid + (dot < 0 ? `/${name}` : name.slice(dot));
}

/** Git's name of the bytes, out of a content's. */
export function oidIn(name: string): string {
  return /^[0-9a-f]*/.exec(name)?.[0] ?? "";
}
