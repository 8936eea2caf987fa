/** The list of actions (CodeAction, or Command for old clients) at a place. Made from what the client sent alone: neither files, index, daemon nor model are asked. */
import type { Command } from "vscode-languageserver";
import * as z from "zod/mini";
import type { Face } from "../feature.ts";
import { RangeParam, tokens } from "../params.ts";
import { short } from "../subject-text.ts";
import type { Availability } from "./availability.ts";
import { ACTION_KINDS, type ActionId, isAskedFor } from "./kinds.ts";
import { isPrivate, MOST_DIAGNOSTICS, problemOf, type Wish } from "./wish.ts";

const AUTOMATIC = 2;
/** Fixes of one problem each; what is beyond them is in the one that takes all. */
const MOST_FIXES = 10;

export const ListParams = z.object({
  textDocument: z.object({ uri: z.string().check(z.minLength(1), z.maxLength(8192)) }),
  range: RangeParam,
  context: z.object({
    diagnostics: z.array(z.unknown()),
    only: z.optional(z.nullable(z.array(z.string()))),
    triggerKind: z.optional(z.nullable(z.number())),
  }),
  ...tokens,
});
type ListParams = z.output<typeof ListParams>;

interface Offered {
  readonly id: ActionId;
  readonly title: string;
  readonly wish: Wish;
  /** As the client sent them. */
  readonly diagnostics?: readonly unknown[];
}

export function listActions(face: Face, availability: Availability, params: ListParams): object[] {
  const place = face.folders.placeOf(params.textDocument.uri);
  if (place === undefined || isPrivate(place.path)) return [];
  const only = params.context.only ?? undefined;
  const reason = availability.reason(place.folder);
  const shape = shapeOf(face);
  if (reason !== undefined && !shape.disabled) return [];
  return offered(face, params)
    .filter(({ id }) => isAskedFor(ACTION_KINDS[id].kind, only))
    .map((action) => shaped(action, shape, reason));
}

function offered(face: Face, { textDocument: { uri }, range, context }: ListParams): Offered[] {
  const version = face.documents.get(uri)?.version;
  const wish: Wish = { uri, range, ...(version === undefined ? {} : { version }) };
  const fixes = fixesOf(wish, context.diagnostics);
  const isEmpty = range.start.line === range.end.line && range.start.character === range.end.character;
  // An editor asks by itself wherever the cursor stands: that is no reason to offer everything.
  if (context.triggerKind === AUTOMATIC && isEmpty) return fixes;
  const others = (["explain", "document", "refactor", "tests", "review"] as const).map((id) => {
    return { id, title: ACTION_KINDS[id].title, wish };
  });
  return [...fixes, ...others];
}

function fixesOf(wish: Wish, diagnostics: readonly unknown[]): Offered[] {
  const problems = diagnostics.slice(0, MOST_DIAGNOSTICS).flatMap((diagnostic) => {
    const problem = problemOf(diagnostic);
    return problem === undefined ? [] : [{ diagnostic, problem }];
  });
  const { title } = ACTION_KINDS.fix;
  const single = problems.slice(0, MOST_FIXES).map(({ diagnostic, problem }): Offered => {
    const own = { ...wish, range: problem.range, diagnostics: [problem] };
    return {
      id: "fix",
      title: `${title}: ${short(String(problem.message), 60)}`,
      wish: own,
      diagnostics: [diagnostic],
    };
  });
  if (problems.length < 2) return single;
  const all = { ...wish, diagnostics: problems.map(({ problem }) => problem) };
  const each = problems.map(({ diagnostic }) => diagnostic);
  return [
    ...single,
    { id: "fix", title: `Fix all ${problems.length} problems here with Nexus`, wish: all, diagnostics: each },
  ];
}

interface Shape {
  /** False: the client knows commands alone. */
  readonly literals: boolean;
  /** It asks for an action's edit when the action is chosen, and sends back what it was given with it. */
  readonly lazy: boolean;
  readonly disabled: boolean;
}

function shapeOf({ client }: Face): Shape {
  const codeAction = client.capabilities.textDocument?.codeAction;
  const canResolve = codeAction?.resolveSupport?.properties?.includes("edit") === true;
  return {
    literals: codeAction?.codeActionLiteralSupport !== undefined,
    lazy: canResolve && codeAction?.dataSupport === true,
    disabled: codeAction?.disabledSupport === true,
  };
}

function shaped({ id, title, wish, diagnostics }: Offered, shape: Shape, reason: string | undefined): object {
  const { kind, command: name, edits } = ACTION_KINDS[id];
  const command: Command = { title, command: name, arguments: [wish] };
  if (!shape.literals) return command;
  const how = edits && shape.lazy ? { data: { action: id, ...wish } } : { command };
  return {
    ...{ title, kind, ...how },
    // They go back as they came.
    ...(diagnostics === undefined ? {} : { diagnostics }),
    ...(reason === undefined ? {} : { disabled: { reason } }),
  };
}
