/** The information architecture and the user flows of a design as drawings, made as wireframes are: no script, nothing from elsewhere. */
import type { UiDesign, UiFlow } from "../../../protocol/index.ts";
import { cut, escaped, wrapped } from "./svg-text.ts";
import { drawWireframe, WIREFRAME_WIDTH } from "./wireframe.ts";
import { type Paint, paintOf } from "./wireframe-paint.ts";

const NODE = { width: 250, height: 56, down: 76 };
const STEP = { width: 210, height: 118, right: 244, down: 146, inRow: 4 };
const LEFT = 16;

interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly shapes: readonly string[];
}

/** The tree of screens, children below and to the right of their parents. */
export function drawArchitecture(design: UiDesign): string {
  return svgOf(
    "architecture",
    "Information architecture",
    `${design.Screens.length} screens`,
    architecture(design),
    design,
  );
}

/** Step by step: where, what a person does, and what comes of it. */
export function drawFlow(flow: UiFlow, design: UiDesign): string {
  const told = flow.steps.map(({ action, result }) => `${action}: ${result}`).join("; ");
  return svgOf(`flow-${flow.id}`, `User flow ${flow.id} (${flow.story})`, told, flowDrawing(flow, design), design);
}

function svgOf(
  id: string,
  title: string,
  description: string,
  { width, height, shapes }: Drawing,
  design: UiDesign,
): string {
  const { font } = paintOf(design["Design Tokens"]);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="drawing-${id}-title drawing-${id}-desc" font-family="${font}">`,
    `<title id="drawing-${id}-title">${escaped(title)}</title>`,
    `<desc id="drawing-${id}-desc">${escaped(description.slice(0, 4000))}</desc>`,
    ...shapes,
    "</svg>",
    "",
  ].join("\n");
}

interface Node {
  readonly screen: string;
  readonly navigation: string;
  readonly depth: number;
  readonly parentAt: number | undefined;
}

function architecture(design: UiDesign): Drawing {
  const paint = paintOf(design["Design Tokens"]);
  const nodes = treeOf(design["Information Architecture"]);
  const deepest = Math.max(0, ...nodes.map(({ depth }) => depth));
  return {
    width: LEFT * 2 + NODE.width + deepest * 56,
    height: LEFT * 2 + Math.max(1, nodes.length) * NODE.down - (NODE.down - NODE.height),
    shapes: nodes.flatMap((node, index) => nodeShapes(node, index, design, paint)),
  };
}

/** Parents before their children; what hangs in a circle or on nothing comes last, at the top level. */
function treeOf(places: UiDesign["Information Architecture"]): Node[] {
  const nodes: Node[] = [];
  const done = new Set<string>();
  const visit = (place: (typeof places)[number], depth: number, parentAt: number | undefined) => {
    if (done.has(place.screen)) return;
    done.add(place.screen);
    const at = nodes.push({ ...place, depth, parentAt }) - 1;
    for (const child of places) if (child.parent === place.screen) visit(child, Math.min(depth + 1, 12), at);
  };
  for (const place of places) if (place.parent === null) visit(place, 0, undefined);
  for (const place of places) visit(place, 0, undefined);
  return nodes;
}

function nodeShapes(
  { screen, navigation, depth, parentAt }: Node,
  index: number,
  design: UiDesign,
  paint: Paint,
): string[] {
  const own = design.Screens.find(({ id }) => id === screen);
  const [x, y] = [LEFT + depth * 56, LEFT + index * NODE.down];
  const name = cut(navigation === "" ? (own?.title ?? screen) : navigation, 14, NODE.width - 24);
  const where = cut(`${screen} ${own?.route ?? "(no such screen)"}`, 12, NODE.width - 24);
  const from =
    parentAt === undefined
      ? []
      : [
          `<path d="M${x - 36} ${LEFT + parentAt * NODE.down + NODE.height}V${y + NODE.height / 2}H${x}" fill="none" stroke="${paint.line}"/>`,
        ];
  return [
    ...from,
    `<rect x="${x}" y="${y}" width="${NODE.width}" height="${NODE.height}" rx="8" fill="${paint.paper}" stroke="${depth === 0 ? paint.accentText : paint.line}"/>`,
    `<text x="${x + 12}" y="${y + 24}" font-size="14" font-weight="600" fill="${paint.text}">${escaped(name)}</text>`,
    `<text x="${x + 12}" y="${y + 43}" font-size="12" fill="${paint.muted}">${escaped(where)}</text>`,
  ];
}

function flowDrawing({ id, story, steps }: UiFlow, design: UiDesign): Drawing {
  const paint = paintOf(design["Design Tokens"]);
  const rows = Math.ceil(steps.length / STEP.inRow);
  return {
    width: WIREFRAME_WIDTH,
    height: 44 + rows * STEP.down,
    shapes: [
      `<text x="${LEFT}" y="26" font-size="15" font-weight="600" fill="${paint.text}">${escaped(cut(`${story}: ${id}`, 15, WIREFRAME_WIDTH - 2 * LEFT))}</text>`,
      ...steps.flatMap((step, index) => stepShapes(step, index, steps.length, design, paint)),
    ],
  };
}

function stepShapes(
  { screen, action, result }: UiFlow["steps"][number],
  index: number,
  count: number,
  design: UiDesign,
  paint: Paint,
): string[] {
  const [x, y] = [LEFT + (index % STEP.inRow) * STEP.right, 42 + Math.floor(index / STEP.inRow) * STEP.down];
  const title = design.Screens.find(({ id }) => id === screen)?.title ?? screen;
  const lines = (text: string, top: number, fill: string) =>
    wrapped(text, 13, STEP.width - 24, 2).map(
      (line, at) => `<text x="${x + 12}" y="${top + at * 17}" font-size="13" fill="${fill}">${escaped(line)}</text>`,
    );
  return [
    `<rect x="${x}" y="${y}" width="${STEP.width}" height="${STEP.height}" rx="8" fill="${paint.paper}" stroke="${paint.line}"/>`,
    `<text x="${x + 12}" y="${y + 22}" font-size="12" font-weight="600" fill="${paint.accentText}">${escaped(cut(`${index + 1}. ${title}`, 12, STEP.width - 24))}</text>`,
    ...lines(action, y + 46, paint.text),
    ...lines(result, y + 86, paint.muted),
    ...(index + 1 === count ? [] : [arrow(index, x, y, paint)]),
  ];
}

/** To the next step; at the end of a row down to the next one. */
function arrow(index: number, x: number, y: number, { line }: Paint): string {
  const [right, middle] = [x + STEP.width, y + STEP.height / 2];
  const path =
    (index + 1) % STEP.inRow === 0
      ? `M${x + STEP.width / 2} ${y + STEP.height}v14H${LEFT + STEP.width / 2}v8m-4 -5l4 5l4 -5`
      : `M${right + 3} ${middle}h26m-6 -5l6 5l-6 5`;
  return `<path d="${path}" fill="none" stroke="${line}" stroke-width="1.5"/>`;
}

const BETWEEN = 40;

/** All of a design on one sheet: how screens hang together, the flows, the wireframes. */
export function drawSheet(design: UiDesign): string {
  const { text, paper, font } = paintOf(design["Design Tokens"]);
  const flows = design["User Flows"].map((flow) => ({ name: `User flow: ${flow.id}`, svg: drawFlow(flow, design) }));
  const screens = design.Screens.map((screen) => ({
    name: screen.title,
    svg: drawWireframe(screen, design["Design Tokens"]),
  }));
  const shapes: string[] = [];
  let y = BETWEEN;
  for (const { name, svg } of [
    { name: "Information architecture", svg: drawArchitecture(design) },
    ...flows,
    ...screens,
  ]) {
    shapes.push(
      `<text x="${BETWEEN}" y="${y + 18}" font-size="20" font-weight="700" fill="${text}">${escaped(cut(name, 20, 900))}</text>`,
    );
    shapes.push(svg.replace("<svg ", `<svg x="${BETWEEN}" y="${y + 36}" `).trimEnd());
    y += 36 + Number(/ height="(\d+)"/.exec(svg)?.[1] ?? 0) + BETWEEN;
  }
  const [width, height] = [WIREFRAME_WIDTH + 2 * BETWEEN, y];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${font}">`,
    `<rect width="${width}" height="${height}" fill="${paper}"/>`,
    ...shapes,
    "</svg>",
    "",
  ].join("\n");
}
