/** What a prompt's blocks say, as one text: words, files by their paths, what is attached, and what editors have not saved. */
import { isAbsolute, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { ContentBlock, EmbeddedResource, ImageContent, ResourceLink } from "@agentclientprotocol/sdk";
import {
  MAX_IMAGE_CHARACTERS,
  MAX_IMAGES,
  MAX_UNSAVED_FILES,
  PromptImage,
  type UnsavedText,
} from "../../../protocol/index.ts";
import { readText, realPath, stat } from "../../host/files.ts";
import type { SessionClient } from "./client.ts";
import { invalidParams } from "./errors.ts";
import { fenced } from "./tool-calls.ts";

export interface PromptPlace {
  readonly sessionId: string;
  /** Real path. */
  readonly workspace: string;
  /** Folders beside it that are read from, as the client named them. */
  readonly directories: readonly string[];
}

export interface PromptContent {
  readonly text: string;
  /** Of files in the workspace: what the editor shows and the disk does not have yet. */
  readonly unsaved: readonly UnsavedText[];
  readonly images: readonly PromptImage[];
}

const MOST_BLOCKS = 200;
const MOST_ATTACHED = 30_000;
const MOST_ALL = 70_000;
/** Characters; those of three bytes fit into the line to the daemon with the rest of the request. */
const MOST_UNSAVED = 250_000;
const MOST_FILE_BYTES = 2 * 1024 * 1024;

interface Attachment {
  readonly name: string;
  readonly text: string;
}

/** Rejects with an error of ACP for what a prompt may not hold. */
export async function promptContent(
  blocks: readonly ContentBlock[],
  place: PromptPlace,
  client: SessionClient,
): Promise<PromptContent> {
  if (blocks.length > MOST_BLOCKS) throw invalidParams(`A prompt has at most ${MOST_BLOCKS} parts.`);
  const said: string[] = [];
  const attached: Attachment[] = [];
  const unsaved: UnsavedText[] = [];
  const images: PromptImage[] = [];
  for (const block of blocks)
    switch (block.type) {
      case "text":
        said.push(block.text);
        break;
      case "image":
        takeImage(images, block);
        break;
      case "audio":
        throw invalidParams("Nexus cannot hear: a prompt holds no audio.");
      case "resource_link": {
        const linked = await linkedFile(block, place, client);
        said.push(linked.label);
        if (linked.unsaved !== undefined) takeUnsaved(unsaved, linked.unsaved);
        if (linked.attached !== undefined) attached.push(linked.attached);
        break;
      }
      case "resource": {
        const { label, attachment } = embedded(block, place);
        said.push(label);
        if (attachment !== undefined) attached.push(attachment);
        break;
      }
    }
  const words = joined(said).trim();
  if (words === "" && images.length === 0) throw invalidParams("The prompt is empty.");
  const text = [words === "" ? "See the picture." : words, ...shown(attached)].join("\n\n");
  return { text, unsaved, images };
}

/** Throws an error of ACP for more than a request to the daemon holds. */
function takeUnsaved(unsaved: UnsavedText[], found: UnsavedText): void {
  if (unsaved.some(({ path }) => path === found.path)) return;
  unsaved.push(found);
  const length = unsaved.reduce((sum, { text }) => sum + text.length, 0);
  if (unsaved.length <= MAX_UNSAVED_FILES && length <= MOST_UNSAVED) return;
  throw invalidParams(`The unsaved text of ${found.path} is too long to be sent along: save it first.`);
}

/** Parts stand as the client cut them: a mention in the middle of a sentence is one. */
function joined(parts: readonly string[]): string {
  return parts.reduce((text, part) => {
    const isApart = text === "" || /\s$/.test(text) || /^[\s.,;:!?)]/.test(part);
    return `${text}${isApart ? "" : " "}${part}`;
  }, "");
}

interface Linked {
  readonly label: string;
  readonly unsaved?: UnsavedText;
  readonly attached?: Attachment;
}

async function linkedFile({ uri, name }: ResourceLink, place: PromptPlace, client: SessionClient): Promise<Linked> {
  const path = pathOf(uri);
  if (path === undefined) return { label: name === uri ? uri : `${name} (${uri})` };
  const inside = await insideOf(place.workspace, path);
  const label = `@${inside ?? path}${linesOf(uri)}`;
  if (inside === undefined) {
    const text = (await isListed(place.directories, path)) ? await textOf(path, place.sessionId, client) : undefined;
    return text === undefined
      ? { label: `${label} (outside of the workspace)` }
      : { label, attached: { name: path, text } };
  }
  const shownText = await editorText(path, place.sessionId, client);
  if (shownText === undefined || shownText === (await diskText(path))) return { label };
  return { label, unsaved: { path: inside, text: shownText } };
}

function embedded(
  { resource }: EmbeddedResource,
  { workspace }: PromptPlace,
): { label: string; attachment?: Attachment } {
  const path = pathOf(resource.uri);
  const name = (path === undefined ? undefined : below(workspace, path)) ?? path ?? resource.uri;
  const label = `@${name}${linesOf(resource.uri)}`;
  if ("text" in resource) return { label, attachment: { name, text: resource.text } };
  return { label: `${label} (attached, but no text: it cannot be read)` };
}

function takeImage(images: PromptImage[], { mimeType, data }: ImageContent): void {
  const image = PromptImage.safeParse({ mimeType, data });
  if (!image.success) throw invalidParams("A picture is PNG, JPEG, GIF or WebP in base64, of at most 500 KB.");
  images.push(image.data);
  const length = images.reduce((sum, each) => sum + each.data.length, 0);
  if (images.length > MAX_IMAGES || length > MAX_IMAGE_CHARACTERS)
    throw invalidParams(`A prompt holds at most ${MAX_IMAGES} pictures, and 500 KB of them together.`);
}

/** Undefined for what is no file. */
function pathOf(uri: string): string | undefined {
  try {
    const url = new URL(uri);
    url.hash = "";
    url.search = "";
    return url.protocol === "file:" ? fileURLToPath(url) : undefined;
  } catch {
    return isAbsolute(uri) ? uri : undefined;
  }
}

/** “file:///a.ts#L3:9”, “#L3-L9”: what of the file is meant. */
function linesOf(uri: string): string {
  const found = /#L(\d+)(?:[:-]L?(\d+))?$/.exec(uri);
  if (found === null) return "";
  return found[2] === undefined ? ` (line ${found[1]})` : ` (lines ${found[1]}–${found[2]})`;
}

async function insideOf(folder: string, path: string): Promise<string | undefined> {
  return below(folder, path) ?? below(folder, await realPath(path).catch(() => path));
}

/** Relative with `/`; undefined for what is not in the folder. */
function below(folder: string, path: string): string | undefined {
  const found = relative(folder, path);
  return found === "" || found === ".." || found.startsWith(`..${sep}`) || isAbsolute(found)
    ? undefined
    : found.replaceAll(sep, "/");
}

/** By real paths: a link in such a folder leads out of it. */
async function isListed(directories: readonly string[], path: string): Promise<boolean> {
  const real = await realPath(path).catch(() => undefined);
  if (real === undefined) return false;
  const roots = await Promise.all(directories.map((folder) => realPath(folder).catch(() => undefined)));
  return roots.some((root) => root !== undefined && below(root, real) !== undefined);
}

async function textOf(path: string, sessionId: string, client: SessionClient): Promise<string | undefined> {
  return (await editorText(path, sessionId, client)) ?? (await diskText(path));
}

/** What the client has of a file, saved or not; undefined where it does not offer that or has none. */
export async function editorText(path: string, sessionId: string, client: SessionClient): Promise<string | undefined> {
  if (!client.abilities.readsFiles) return undefined;
  try {
    return (await client.context.request("fs/read_text_file", { sessionId, path })).content;
  } catch {
    return undefined;
  }
}

export async function diskText(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || !found.isFile() || found.size > MOST_FILE_BYTES) return undefined;
  return readText(path).catch(() => undefined);
}

/** With what an editor has not saved, for a run that is at work already. */
export function withUnsaved({ text, unsaved }: PromptContent): string {
  const attached = unsaved.map(({ path, text: own }) => ({ name: `the editor's unsaved text of ${path}`, text: own }));
  return [text, ...shown(attached)].join("\n\n");
}

/** Whoever wrote what is attached gives no orders with it. */
function shown(attached: readonly Attachment[]): string[] {
  let room = MOST_ALL;
  return attached.map(({ name, text }) => {
    const length = Math.min(MOST_ATTACHED, room);
    const part = text.slice(0, length);
    room -= part.length;
    const cut = part.length < text.length ? ` (the first ${part.length} of ${text.length} characters)` : "";
    return `Attached: ${name}${cut}\n${fenced(part)}`;
  });
}
