/** What an action is asked to work on: from an action's data, from a command's argument, always checked. */
import { ResponseError } from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import * as z from "zod/mini";
import { isGitPath, isSecretPath } from "../../../security/paths/path-classes.ts";
import type { Face, Place } from "../feature.ts";
import { RangeParam } from "../params.ts";
import { EDITING_IDS } from "./kinds.ts";

const INVALID_PARAMS = -32602;
const CONTENT_MODIFIED = -32801;
export const MOST_DIAGNOSTICS = 20;
const MOST_MESSAGE = 2000;

/** Of any server: only what a prompt says of it. */
export const Problem = z.object({
  range: RangeParam,
  message: z.union([z.string(), z.object({ value: z.string() })]),
  severity: z.optional(z.nullable(z.number())),
  code: z.optional(z.nullable(z.union([z.string(), z.number()]))),
  source: z.optional(z.nullable(z.string())),
});
export type Problem = z.infer<typeof Problem>;

export const Wish = z.object({
  uri: z.string().check(z.minLength(1), z.maxLength(8192)),
  /** Left out: the whole document. */
  range: z.optional(RangeParam),
  /** Of the document that the range counts in; left out: as it is now. */
  version: z.optional(z.nullable(z.int())),
  diagnostics: z.optional(z.array(Problem).check(z.maxLength(MOST_DIAGNOSTICS))),
  goal: z.optional(z.string().check(z.minLength(1), z.maxLength(10_000))),
});
export type Wish = z.infer<typeof Wish>;

export const ActionData = z.object({ action: z.enum(EDITING_IDS), ...Wish.shape });

export interface Subject {
  readonly uri: string;
  readonly place: Place;
  /** The text that it began with; the document itself may go on. */
  readonly text: string;
  readonly languageId: string;
  /** From 1, both included. */
  readonly lines: { readonly first: number; readonly last: number };
  readonly selection: string;
  readonly diagnostics: readonly Problem[];
  readonly goal: string | undefined;
}

export function messageOf({ message }: Problem): string {
  return (typeof message === "string" ? message : message.value).slice(0, MOST_MESSAGE);
}

/** A diagnostic as a client sends it back; undefined for what is none. */
export function problemOf(diagnostic: unknown): Problem | undefined {
  const read = Problem.safeParse(diagnostic);
  return read.success ? { ...read.data, message: messageOf(read.data) } : undefined;
}

/** Rejects with InvalidParams for what is no file of a folder, and with ContentModified when the range counts in another text. */
export async function subjectOf({ folders, documents, positions }: Face, wish: Wish): Promise<Subject> {
  const place = folders.placeOf(wish.uri);
  if (place === undefined)
    throw new ResponseError(INVALID_PARAMS, "Nexus works on files in the folders that are open.");
  if (isPrivate(place.path))
    throw new ResponseError(INVALID_PARAMS, `${place.path} may hold secrets: no model is sent anything of it.`);
  const document = await documents.read(wish.uri);
  if (document === undefined) throw new ResponseError(INVALID_PARAMS, `${place.path} cannot be read.`);
  const { version } = wish;
  if (typeof version === "number" && documents.get(wish.uri)?.version !== version)
    throw new ResponseError(CONTENT_MODIFIED, `${place.path} was changed since the action was offered. Ask again.`);
  const [start, end] = offsets(document);
  return {
    ...{ uri: wish.uri, place, text: document.getText(), languageId: document.languageId },
    ...{ lines: linesOf(document, start, end), selection: document.getText().slice(start, end) },
    ...{ diagnostics: wish.diagnostics ?? [], goal: wish.goal },
  };

  function offsets(text: TextDocument): [number, number] {
    if (wish.range === undefined) return [0, text.getText().length];
    const { start: from, end: to } = wish.range;
    const both = [positions.offsetAt(text, from), positions.offsetAt(text, to)];
    return [Math.min(...both), Math.max(...both)];
  }
}

/** Git's own files, and those that may hold keys or passwords. */
export function isPrivate(path: string): boolean {
  return isGitPath(path) || isSecretPath(path);
}

/** A selection that ends at the beginning of a line does not reach into it. */
function linesOf(document: TextDocument, start: number, end: number): Subject["lines"] {
  const first = document.positionAt(start).line;
  const { line, character } = document.positionAt(end);
  return { first: first + 1, last: (character === 0 && line > first ? line - 1 : line) + 1 };
}
