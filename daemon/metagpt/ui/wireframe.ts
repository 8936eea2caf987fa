/**
 * A screen of a UI design as a drawing: SVG without script, style sheet or outside address, the same bytes for the same design.
 * Colours are custom properties of whatever page it stands in (`--wireframe-paper` …), with defaults for everywhere else.
 */
import type { DesignTokens, UiScreen } from "../../../protocol/index.ts";
import { escaped, wrapped } from "./svg-text.ts";
import { areaOf, type Box, boxOf, heightOf, isContainer, type Placed, placed } from "./wireframe-grid.ts";
import { type Paint, paintOf } from "./wireframe-paint.ts";
import { drawElement } from "./wireframe-roles.ts";

export const WIREFRAME_WIDTH = 960;
const BAR = 44;
const MARGIN = 24;

/** One SVG document of 960 units' width, with title and description for people who do not see it. */
export function drawWireframe(screen: UiScreen, tokens: DesignTokens): string {
  const elements = placed(screen.elements);
  const body: Box = { x: MARGIN, y: BAR + MARGIN, width: WIREFRAME_WIDTH - 2 * MARGIN, height: 0 };
  const height = Math.round(BAR + 2 * MARGIN + heightOf(elements));
  const paint = paintOf(tokens);
  const size = `width="${WIREFRAME_WIDTH}" height="${height}" viewBox="0 0 ${WIREFRAME_WIDTH} ${height}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-labelledby="wireframe-${screen.id}-title wireframe-${screen.id}-desc" font-family="${paint.font}">`,
    `<title id="wireframe-${screen.id}-title">${escaped(`Wireframe: ${screen.title}`)}</title>`,
    `<desc id="wireframe-${screen.id}-desc">${escaped(described(screen))}</desc>`,
    frame(screen, height, paint),
    ...behindFirst(elements).map((one) => drawElement(one.element, boxOf(one, body), paint)),
    "</svg>",
    "",
  ].join("\n");
}

function described({ purpose, elements }: UiScreen): string {
  const all = elements.slice(0, 60).map(({ role, label }) => `${role}: ${label.slice(0, 120)}`);
  return [purpose, `Elements: ${all.length === 0 ? "none" : all.join("; ")}.`].filter((text) => text !== "").join(" ");
}

/** What holds others is drawn before them, the largest first. */
function behindFirst(elements: readonly Placed[]): Placed[] {
  const holders = elements.filter(({ element }) => isContainer(element.role));
  const rest = elements.filter(({ element }) => !isContainer(element.role));
  return [...holders.toSorted((one, other) => areaOf(other.cells) - areaOf(one.cells)), ...rest];
}

function frame({ title, route }: UiScreen, height: number, { paper, line, muted, text, soft }: Paint): string {
  const right = WIREFRAME_WIDTH - MARGIN;
  const [shownTitle = ""] = wrapped(title, 14, 420, 1);
  const [shownRoute = ""] = wrapped(route, 13, 360, 1);
  return [
    `<rect x="0.5" y="0.5" width="${WIREFRAME_WIDTH - 1}" height="${height - 1}" rx="10" fill="${paper}" stroke="${line}"/>`,
    `<path d="M0.5 10.5a10 10 0 0 1 10 -10h${WIREFRAME_WIDTH - 21}a10 10 0 0 1 10 10v${BAR - 10}h-${WIREFRAME_WIDTH - 1}z" fill="${soft}" stroke="${line}"/>`,
    ...[24, 42, 60].map((x) => `<circle cx="${x}" cy="22" r="5" fill="none" stroke="${muted}"/>`),
    `<text x="84" y="27" font-size="14" font-weight="600" fill="${text}">${escaped(shownTitle)}</text>`,
    `<text x="${right}" y="27" font-size="13" text-anchor="end" fill="${muted}">${escaped(shownRoute)}</text>`,
  ].join("\n");
}
