/** Plug-ins of a workspace: what `.nexus/tools/` says they are, and the hash of all that they are made of. */
import { createHash } from "node:crypto";
import { join, relative, sep } from "node:path";
import * as z from "zod/mini";
import { hashOf, listFolder, lstat, readBytes, readSlice, stat } from "../../host/files.ts";
import { resolveInside } from "../../security/paths/fence.ts";

/** What a plug-in's author writes. */
const Manifest = z.strictObject({
  name: z.string(),
  description: z.string().check(z.minLength(1), z.maxLength(2000)),
  /** JSON Schema of an object; left out: no arguments. */
  input: z.optional(z.record(z.string(), z.unknown())),
  /** Whether it only looks, may be repeated, or neither. */
  effect: z.enum(["pure", "idempotent", "unknown"]),
  /** Program and arguments. A word that begins with ./ is a file of the plug-in; the call's arguments come on standard input. */
  command: z.array(z.string().check(z.minLength(1), z.maxLength(1000))).check(z.minLength(1), z.maxLength(50)),
  /** Hosts that it may reach. */
  network: z.optional(z.array(z.string().check(z.minLength(1), z.maxLength(253))).check(z.maxLength(20))),
  timeoutSeconds: z.optional(z.int().check(z.gte(1), z.lte(600))),
});

export interface PlugIn {
  readonly name: string;
  readonly description: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly effect: "pure" | "idempotent" | "unknown";
  readonly argv: readonly [string, ...string[]];
  readonly hosts: readonly string[];
  readonly timeoutMs: number;
  /** Absolute real folder with all its files. */
  readonly folder: string;
  /** SHA-256 (hex) over the manifest and every file of the plug-in. */
  readonly hash: string;
}

export interface FoundPlugIns {
  readonly plugIns: readonly PlugIn[];
  readonly problems: readonly { readonly name: string; readonly problem: string }[];
}

const PLUG_IN_FOLDER = ".nexus/tools";

const NAME = /^[a-z][a-z0-9_-]{0,38}[a-z0-9]$/;
const MOST_PLUG_INS = 50;
const MAX_MANIFEST_BYTES = 64 * 1024;
const MOST_FILES = 200;
const MAX_BYTES = 5 * 1024 * 1024;
const DEFAULT_SECONDS = 60;

/** Every plug-in of a workspace, in the order of their names. Nothing of it is run, or loaded into this process. */
export async function readPlugIns(workspace: string): Promise<FoundPlugIns> {
  const plugIns: PlugIn[] = [];
  const problems: { name: string; problem: string }[] = [];
  const base = await resolveInside(workspace, PLUG_IN_FOLDER);
  if (!base.ok || (await stat(base.value.absolute)) === undefined) return { plugIns, problems };
  const entries = (await listFolder(base.value.absolute)).sort((first, second) => (first.name < second.name ? -1 : 1));
  for (const entry of entries.slice(0, MOST_PLUG_INS)) {
    const isFolder = entry.isDirectory();
    if (!isFolder && !(entry.isFile() && entry.name.endsWith(".json"))) continue;
    const name = isFolder ? entry.name : entry.name.slice(0, -".json".length);
    const read = await readPlugIn(base.value.absolute, name, isFolder);
    const isTaken = plugIns.some((other) => other.name.replaceAll(/[-_]/g, "") === name.replaceAll(/[-_]/g, ""));
    const found = isTaken ? "another plug-in has nearly the same name" : read;
    if (typeof found === "string") problems.push({ name: name.replace(/[^\u0020-\u007e]/g, "?"), problem: found });
    else plugIns.push(found);
  }
  return { plugIns, problems };
}

/** The plug-in as it is now, or what is wrong with it. */
async function readPlugIn(base: string, name: string, isFolder: boolean): Promise<PlugIn | string> {
  if (!NAME.test(name) || name.includes("__")) return "its name must be 2 to 40 lower-case letters, digits, _ or -";
  if (name.startsWith("nexus")) return "names that begin with “nexus” are Nexus's own";
  const folder = isFolder ? join(base, name) : base;
  const path = isFolder ? join(folder, "tool.json") : join(base, `${name}.json`);
  const manifest = await readManifest(path);
  if (typeof manifest === "string") return manifest;
  if (manifest.name !== name) return `its manifest calls it “${manifest.name.slice(0, 50)}”`;
  const files = isFolder ? await filesBelow(folder) : [path];
  if (typeof files === "string") return files;
  const argv = wordsOf(manifest.command, folder, files);
  if (typeof argv === "string") return argv;
  return {
    name,
    description: manifest.description,
    input: { type: "object", additionalProperties: false, ...manifest.input },
    effect: manifest.effect,
    argv,
    hosts: manifest.network ?? [],
    timeoutMs: (manifest.timeoutSeconds ?? DEFAULT_SECONDS) * 1000,
    folder,
    hash: await hashOfFiles(folder, files),
  };
}

async function readManifest(path: string): Promise<z.infer<typeof Manifest> | string> {
  const stats = await lstat(path);
  if (stats === undefined || !stats.isFile()) return "it has no tool.json";
  if (stats.size > MAX_MANIFEST_BYTES) return `its manifest has more than ${MAX_MANIFEST_BYTES} bytes`;
  let value: unknown;
  try {
    value = JSON.parse((await readSlice(path, 0, MAX_MANIFEST_BYTES)).toString("utf8"));
  } catch (error) {
    return `its manifest is not JSON: ${error instanceof Error ? error.message : ""}`;
  }
  const parsed = Manifest.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const known = Object.keys(Manifest.shape).join(", ");
  return `its manifest is wrong at ${issue?.path.join(".") || "its top"} (it has ${known})`;
}

/** Files in the order of their paths. A link could lead to anything, so there may be none. */
async function filesBelow(folder: string): Promise<string[] | string> {
  const files: string[] = [];
  const waiting = [folder];
  let bytes = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
    for (const entry of await listFolder(next)) {
      const path = join(next, entry.name);
      if (entry.isDirectory()) waiting.push(path);
      else if (!entry.isFile()) return `it holds ${relative(folder, path)}, which is no regular file`;
      else files.push(path);
      bytes += entry.isFile() ? ((await stat(path))?.size ?? 0) : 0;
      if (files.length > MOST_FILES || waiting.length > MOST_FILES || bytes > MAX_BYTES)
        return `it has more than ${MOST_FILES} files or ${MAX_BYTES} bytes`;
    }
  return files.sort();
}

function wordsOf(command: readonly string[], folder: string, files: readonly string[]): PlugIn["argv"] | string {
  const words: string[] = [];
  for (const word of command) {
    if (word.includes("\0")) return "a word of its command holds a NUL";
    const path = word.startsWith("./") ? join(folder, word) : undefined;
    if (path !== undefined && !files.includes(path)) return `its command names ${word}, which is none of its files`;
    words.push(path ?? word);
  }
  const [program, ...rest] = words;
  if (program === undefined) return "its command is empty";
  if (program.includes("/") && !command[0]?.startsWith("./"))
    return "its program must be on the PATH or one of its files";
  return [program, ...rest];
}

async function hashOfFiles(folder: string, files: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const file of files) {
    const bytes = await readBytes(file);
    hash.update(`${relative(folder, file).split(sep).join("/")}\0${bytes === undefined ? "" : hashOf(bytes)}\n`);
  }
  return hash.digest("hex");
}

/** Whether it is still what was read: nothing else of that name may run in its place. */
export async function isUnchanged({ folder, name, hash }: PlugIn): Promise<boolean> {
  const isFolder = folder.split(sep).at(-1) === name;
  const now = await readPlugIn(isFolder ? join(folder, "..") : folder, name, isFolder);
  return typeof now !== "string" && now.hash === hash;
}
