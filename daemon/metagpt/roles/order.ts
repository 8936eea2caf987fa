/** Who works after whom, from what each role watches and makes. */
import type { Role, Subject } from "./role.ts";

/** One thing that one role makes. */
export interface Piece {
  readonly role: Role;
  readonly makes: Subject;
  /** What must be made before, without what is there already. */
  readonly after: readonly Subject[];
  /** All that it is made from, what is there already included; in the order of the procedure. */
  readonly from: readonly Subject[];
}

export interface OrderOptions {
  /** There already: the requirement, and documents that the project has. */
  readonly given: readonly Subject[];
  /** Also what is made only for a change of what is there. */
  readonly incremental: boolean;
}

export type Order =
  | { readonly ok: true; readonly pieces: readonly Piece[] }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Pieces each after those that it needs; those that need nothing of each other in the order of the roles. */
export function orderOf(roles: readonly Role[], options: OrderOptions): Order {
  const problems = problemsOf(roles, options);
  if (problems.length > 0) return { ok: false, problems };
  const pieces = roles.flatMap((role) => piecesOf(role, roles, options));
  const sorted: Piece[] = [];
  const made = new Set<Subject>();
  while (sorted.length < pieces.length) {
    const next = pieces.find((piece) => !sorted.includes(piece) && piece.after.every((subject) => made.has(subject)));
    if (next === undefined) return { ok: false, problems: [circleText(pieces.filter((one) => !sorted.includes(one)))] };
    sorted.push(next);
    made.add(next.makes);
  }
  return { ok: true, pieces: sorted };
}

/** What a role makes this time. */
function productsOf({ produces }: Pick<Role, "produces">, { incremental }: OrderOptions): Subject[] {
  return produces.filter((subject) => incremental || !subject.endsWith("?")).map(plain);
}

function piecesOf(role: Role, roles: readonly Role[], options: OrderOptions): Piece[] {
  const products = productsOf(role, options);
  const all = new Set(roles.flatMap((other) => productsOf(other, options)));
  const watched = role.watches.map(plain).filter((subject) => all.has(subject) || options.given.includes(subject));
  return products.map((makes, index) => {
    const from = [...new Set([...watched, ...products.slice(0, index)])].filter((subject) => subject !== makes);
    return { role, makes, from, after: from.filter((subject) => all.has(subject)) };
  });
}

function problemsOf(roles: readonly Role[], options: OrderOptions): string[] {
  const makers = new Map<Subject, Role[]>();
  for (const role of roles)
    for (const subject of productsOf(role, options)) makers.set(subject, [...(makers.get(subject) ?? []), role]);
  return [
    ...(roles.length === 0 ? ["There is no role."] : []),
    ...[...makers].flatMap(([subject, by]) =>
      by.length < 2 ? [] : [`${named(by)} all make “${subject}”: only one role can.`],
    ),
    ...roles.flatMap((role) => problemsOfRole(role, [...makers.keys()], options)),
  ];
}

function problemsOfRole(role: Role, made: readonly Subject[], options: OrderOptions): string[] {
  const { name, watches } = role;
  const missing = watches.filter(
    (subject) => !subject.endsWith("?") && !made.includes(subject) && !options.given.includes(subject),
  );
  return [
    ...(watches.length === 0 ? [`The role “${name}” watches nothing, so it would never begin.`] : []),
    ...(role.produces.length === 0 ? [`The role “${name}” makes nothing, so nobody would know of its work.`] : []),
    ...missing.map(
      (subject) =>
        `The role “${name}” watches “${subject}”, which no role makes${hintOf(made)}. Add the role that makes it, or write “${subject}?”.`,
    ),
  ];
}

function hintOf(made: readonly Subject[]): string {
  return made.length === 0 ? "" : ` (they make ${made.join(", ")})`;
}

function circleText(left: readonly Piece[]): string {
  const way: Piece[] = [];
  let at = left[0];
  while (at !== undefined && !way.includes(at)) {
    way.push(at);
    const needs: readonly Subject[] = at.after;
    at = left.find((piece) => needs.includes(piece.makes));
  }
  const circle = at === undefined ? way : way.slice(way.indexOf(at));
  const told = [...circle, circle[0]].flatMap((piece) => (piece === undefined ? [] : [piece]));
  const text = told.map(({ role, makes }) => `${makes} (${role.name})`).join(" ← ");
  return `These roles wait for each other: ${text}. Take one of the subscriptions out.`;
}

function named(roles: readonly Role[]): string {
  return roles.map(({ name }) => `“${name}”`).join(" and ");
}

function plain(subject: Subject): Subject {
  return subject.replace(/\?$/, "");
}
