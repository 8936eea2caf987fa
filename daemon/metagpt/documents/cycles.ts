/** Graphs of what needs what: circles, and an order that respects them. */

/** For each name, those that it needs. Names that are no key need nothing. */
export type Needs = ReadonlyMap<string, readonly string[]>;

/** The names of one circle in the order in which each needs the next; undefined: there is none. Without recursion. */
export function cycleIn(needs: Needs): string[] | undefined {
  const state = new Map<string, "open" | "closed">();
  for (const start of needs.keys()) {
    if (state.has(start)) continue;
    const path: { name: string; next: number }[] = [{ name: start, next: 0 }];
    state.set(start, "open");
    while (path.length > 0) {
      const top = path.at(-1);
      if (top === undefined) break;
      const need = needs.get(top.name)?.[top.next];
      top.next += 1;
      if (need === undefined) {
        state.set(top.name, "closed");
        path.pop();
      } else if (state.get(need) === "open") {
        return path.slice(path.findIndex(({ name }) => name === need)).map(({ name }) => name);
      } else if (!state.has(need)) {
        state.set(need, "open");
        path.push({ name: need, next: 0 });
      }
    }
  }
  return undefined;
}

/** Each after those that it needs, else in the order given; those of a circle come last, as they stand. */
export function inOrder(names: readonly string[], needs: Needs): string[] {
  const known = new Set(names);
  const left = new Map(
    names.map((name) => [name, new Set((needs.get(name) ?? []).filter((need) => known.has(need)))] as const),
  );
  const ordered: string[] = [];
  while (left.size > 0) {
    const next = [...left].find(([, open]) => open.size === 0)?.[0];
    if (next === undefined) return [...ordered, ...left.keys()];
    left.delete(next);
    for (const open of left.values()) open.delete(next);
    ordered.push(next);
  }
  return ordered;
}
