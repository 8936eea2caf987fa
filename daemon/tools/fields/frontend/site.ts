/** The files of the copy as a browser would get them from a server. */
import { posix } from "node:path";
import type { PageContent } from "../../../host/browser.ts";
import { readFileOnce } from "../../../host/source-files.ts";
import { resolveInside } from "../../../security/paths/fence.ts";
import { isSecretPath } from "../../../security/paths/path-classes.ts";

/** A name that no resolver knows: nothing is ever asked for it. */
export const ORIGIN = "http://page.nexus.localhost";

const MAX_BYTES = 20 * 1024 * 1024;

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  htm: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  mjs: "text/javascript; charset=utf-8",
  json: "application/json",
  svg: "image/svg+xml",
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  ico: "image/x-icon",
  woff: "font/woff",
  woff2: "font/woff2",
  txt: "text/plain; charset=utf-8",
  wasm: "application/wasm",
};

export interface Site {
  readonly root: string;
  /** Folder of the page: where addresses that begin with a slash begin, where the copy has no such path. */
  readonly folder: string;
  /** Other texts in the place of files; undefined: that file is not there. */
  readonly instead?: ReadonlyMap<string, string | undefined>;
}

export async function contentOf({ root, folder, instead }: Site, url: URL): Promise<PageContent | undefined> {
  const path = decoded(url.pathname).replace(/^\/+/, "");
  for (const candidate of new Set([path, posix.join(folder, path)])) {
    const found = await fileAt(
      root,
      candidate.endsWith("/") || candidate === "" ? `${candidate}index.html` : candidate,
      instead,
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

async function fileAt(root: string, path: string, instead: Site["instead"]): Promise<PageContent | undefined> {
  const type = TYPES[posix.extname(path).slice(1).toLowerCase()] ?? "application/octet-stream";
  if (instead?.has(path) === true) {
    const text = instead.get(path);
    return text === undefined ? undefined : { status: 200, type, body: Buffer.from(text) };
  }
  if (isSecretPath(path)) return undefined;
  const place = await resolveInside(root, path);
  if (!place.ok) return undefined;
  const read = readFileOnce(place.value.absolute, MAX_BYTES);
  return read.ok ? { status: 200, type, body: read.bytes } : undefined;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** `public/index.html` at its address. */
export function addressOf(path: string): string {
  return `${ORIGIN}/${path.split("/").map(encodeURIComponent).join("/")}`;
}
