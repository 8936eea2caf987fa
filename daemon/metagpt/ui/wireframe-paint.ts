/** Colours of a drawing: the page's custom properties, else the design's own brand, else plain ones that can be read. */
import type { DesignTokens } from "../../../protocol/index.ts";
import { contrastOf } from "../../tools/fields/frontend/contrast.ts";
import { readColour, textOn } from "./colour.ts";
import { readTokens } from "./tokens.ts";

export interface Paint {
  readonly paper: string;
  readonly soft: string;
  readonly line: string;
  readonly text: string;
  readonly muted: string;
  /** For what one can act on, as an area. */
  readonly accent: string;
  readonly onAccent: string;
  /** The same as text on paper. */
  readonly accentText: string;
  readonly font: string;
}

const PAPER = "#ffffff";
const ACCENT = "#1f5fbf";
const BRANDS = /(^|\.)(brand|primary|accent)(\.(default|base|main|500|600|\$root))?$/i;

/** Every drawing of a design asks for the same one, and reading a thousand tokens takes its time. */
const KNOWN = new WeakMap<DesignTokens, Paint>();

export function paintOf(tokens: DesignTokens): Paint {
  const known = KNOWN.get(tokens) ?? newPaint(tokens);
  KNOWN.set(tokens, known);
  return known;
}

function newPaint(tokens: DesignTokens): Paint {
  const brand = brandOf(tokens) ?? ACCENT;
  const readable = (contrastOf(brand, PAPER) ?? 0) >= 4.5 ? brand : "#24292f";
  return {
    paper: `var(--wireframe-paper, ${PAPER})`,
    soft: "var(--wireframe-soft, #f3f4f6)",
    line: "var(--wireframe-line, #8c959f)",
    text: "var(--wireframe-text, #1f2328)",
    muted: "var(--wireframe-muted, #57606a)",
    accent: `var(--wireframe-accent, ${brand})`,
    onAccent: `var(--wireframe-on-accent, ${textOn(brand)})`,
    accentText: `var(--wireframe-accent-text, ${readable})`,
    font: "var(--wireframe-font, system-ui, sans-serif)",
  };
}

function brandOf(document: DesignTokens): string | undefined {
  for (const { path, type, value } of readTokens(document).tokens) {
    const colour = type === "color" && BRANDS.test(path) ? readColour(value) : undefined;
    if (typeof colour === "object" && colour.hex !== undefined) return colour.hex;
  }
  return undefined;
}
