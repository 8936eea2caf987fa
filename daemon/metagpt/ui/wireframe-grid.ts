/** Where elements stand: a grid of 12 columns; without a place of its own, an element stands below the one before. */
import type { UiElement } from "../../../protocol/index.ts";

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Placed {
  readonly element: UiElement;
  readonly cells: Cells;
  /** How many others hold it. */
  readonly depth: number;
}

interface Cells {
  readonly column: number;
  readonly row: number;
  readonly columns: number;
  readonly rows: number;
}

const COLUMNS = 12;
const ROW = 44;
const GAP = 16;
const INSET = 14;

const CONTAINERS = new Set("form card dialog section region main header footer aside group fieldset".split(" "));

export function isContainer(role: string): boolean {
  return CONTAINERS.has(role);
}

/** Columns and rows of a role that has no place of its own. */
const SIZES: Readonly<Record<string, readonly [columns: number, rows: number]>> = {
  ...{ button: [3, 1], link: [4, 1], checkbox: [6, 1], radio: [6, 1], switch: [6, 1], input: [6, 2], textbox: [6, 2] },
  ...{ select: [6, 2], combobox: [6, 2], textarea: [6, 3], image: [6, 4], img: [6, 4], list: [12, 4], table: [12, 5] },
  ...{ card: [6, 4], form: [12, 4], dialog: [8, 6], section: [12, 4], region: [12, 4] },
};

export function placed(elements: readonly UiElement[]): Placed[] {
  let next = { column: 0, row: 0 };
  const all = elements.map((element) => {
    const [columns, rows] = (Object.hasOwn(SIZES, element.role) ? SIZES[element.role] : undefined) ?? [COLUMNS, 1];
    const at = element.at ?? { ...next, columns, rows };
    next = { column: at.column, row: at.row + at.rows };
    return { element, cells: { ...at, columns: Math.min(at.columns, COLUMNS - at.column) } };
  });
  const holders = all.filter(({ element }) => isContainer(element.role));
  return all.map((one) => ({ ...one, depth: holders.filter(({ cells }) => holds(cells, one.cells)).length }));
}

function holds(outer: Cells, inner: Cells): boolean {
  return (
    areaOf(outer) > areaOf(inner) &&
    inner.column >= outer.column &&
    inner.row >= outer.row &&
    inner.column + inner.columns <= outer.column + outer.columns &&
    inner.row + inner.rows <= outer.row + outer.rows
  );
}

export function areaOf({ columns, rows }: Cells): number {
  return columns * rows;
}

/** In units of the drawing. Who is held stands inside the edges of who holds it. */
export function boxOf({ element, cells, depth }: Placed, body: Box): Box {
  const column = (body.width + GAP) / COLUMNS;
  const outwards = isContainer(element.role) ? Math.max(0, 6 - 2 * depth) : 0;
  const inwards = Math.min(depth, 3) * INSET;
  return {
    x: Math.round(body.x + cells.column * column) + inwards,
    y: body.y + cells.row * (ROW + GAP) - outwards,
    width: Math.round(cells.columns * column - GAP) - 2 * inwards,
    height: cells.rows * (ROW + GAP) - GAP + 2 * outwards,
  };
}

/** Height that all need. */
export function heightOf(elements: readonly Placed[]): number {
  const rows = Math.max(1, ...elements.map(({ cells }) => cells.row + cells.rows));
  return rows * (ROW + GAP) - GAP;
}
