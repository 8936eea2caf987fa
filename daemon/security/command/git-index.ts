/** The files that git knows of a workspace, read from its index without running git. */
import { isAbsolute, join, resolve } from "node:path";
import { readBytes, readText, stat } from "../../host/files.ts";

export interface TrackedFile {
  /** From the workspace's root, with forward slashes. */
  readonly path: string;
  readonly isLink: boolean;
}

const FIXED_BYTES = 62;
const LINK_MODE = 0o120000;
const MOST_BYTES = 32 * 1024 * 1024;

/** Undefined where there is no index, or one of a form that is not read here (version 4, split, sparse, SHA-256). */
export async function trackedFiles(root: string): Promise<readonly TrackedFile[] | undefined> {
  const path = join((await gitFolder(join(root, ".git"))) ?? "", "index");
  const info = isAbsolute(path) ? await stat(path) : undefined;
  if (info === undefined || info.size > MOST_BYTES) return undefined;
  const bytes = await readBytes(path);
  return bytes === undefined ? undefined : parseIndex(bytes);
}

async function gitFolder(own: string): Promise<string | undefined> {
  if ((await stat(own))?.isDirectory() === true) return own;
  const named = /^gitdir:\s*(.+?)\s*$/m.exec((await readText(own)) ?? "")?.[1];
  return named === undefined ? undefined : resolve(own, "..", named);
}

function parseIndex(bytes: Buffer): TrackedFile[] | undefined {
  if (bytes.length < 12 || bytes.toString("latin1", 0, 4) !== "DIRC") return undefined;
  const version = bytes.readUInt32BE(4);
  if (version !== 2 && version !== 3) return undefined;
  const files: TrackedFile[] = [];
  let at = 12;
  for (let left = bytes.readUInt32BE(8); left > 0; left -= 1) {
    if (at + FIXED_BYTES > bytes.length) return undefined;
    const mode = bytes.readUInt32BE(at + 24);
    const flags = bytes.readUInt16BE(at + 60);
    const start = at + FIXED_BYTES + ((flags & 0x4000) === 0 ? 0 : 2);
    const end = bytes.indexOf(0, start);
    // The length stands beside the name, so that an index of another form is noticed.
    if (end === -1 || ((flags & 0xfff) !== 0xfff && (flags & 0xfff) !== end - start)) return undefined;
    files.push({ path: bytes.toString("utf8", start, end), isLink: mode === LINK_MODE });
    at += (Math.floor((end - at) / 8) + 1) * 8;
  }
  // A shared or sparse index holds only a part of the names.
  const extensions = bytes.toString("latin1", at);
  return extensions.startsWith("link") || extensions.includes("link\0") || extensions.includes("sdir")
    ? undefined
    : files;
}
