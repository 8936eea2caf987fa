/** Which colours of a design's tokens stand on which, told by their names or by themselves, and whether they can be read there. */
import { contrastOf } from "../../tools/fields/frontend/contrast.ts";
import { readColour } from "./colour.ts";
import type { DesignProblem } from "./problem.ts";
import type { DesignToken } from "./tokens.ts";

export interface ContrastPair {
  /** Paths of tokens. */
  readonly text: string;
  readonly background: string;
  /** From 1 to 21. */
  readonly contrast: number;
}

/** What the Web Content Accessibility Guidelines ask of text (level AA). */
const ENOUGH = 4.5;
const TEXT = /(^|[.-])(text|foreground|fg|ink)([.-]|$)/i;
const BACKGROUND = /(^|[.-])(background|bg|surface|canvas|paper|page)([.-]|$)/i;
/** Not meant for reading there. */
const OTHER = /(^|[.-])(disabled|inverse|inverted|border|line|shadow|overlay|placeholder)([.-]|$)/i;
const ON = /(?:^|[.-])on[.-]?([a-z0-9-]+)$/i;

/**
 * Pairs by what a token says of itself (`$extensions.nexus.on`), else by names: `on-brand` on `brand`, and every `text` on
 * every `background` or `surface`. Colours that can be seen through are in none.
 */
export function contrastPairs(tokens: readonly DesignToken[]): ContrastPair[] {
  const colours = tokens.flatMap((token) => {
    const colour = token.type === "color" ? readColour(token.value) : undefined;
    return typeof colour === "object" && colour.hex !== undefined ? [{ ...token, hex: colour.hex }] : [];
  });
  return colours.flatMap((front) =>
    colours
      .filter((back) => back.path !== front.path && standsOn(front, back.path))
      .map((back) => ({ text: front.path, background: back.path, contrast: contrastOf(front.hex, back.hex) ?? 1 })),
  );
}

function standsOn({ path, on }: DesignToken, background: string): boolean {
  if (on.length > 0) return on.includes(background);
  const named = ON.exec(dashed(path))?.[1];
  if (named !== undefined) return dashed(background) === named || dashed(background).endsWith(`-${named}`);
  const [front, back] = [dashed(path), dashed(background)];
  return TEXT.test(front) && !OTHER.test(front) && BACKGROUND.test(back) && !OTHER.test(back) && !ON.test(back);
}

/** `color.onBrand` → `color-on-brand` */
function dashed(path: string): string {
  return path
    .replace(/\.\$root$/, "")
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replaceAll(".", "-")
    .toLowerCase();
}

export function contrastProblems(tokens: readonly DesignToken[]): DesignProblem[] {
  return contrastPairs(tokens)
    .filter(({ contrast }) => contrast < ENOUGH)
    .map(({ text, background, contrast }) => ({
      code: "low_contrast",
      message: `Design Tokens: ${text} on ${background} has a contrast of ${contrast.toFixed(2)}; text needs ${ENOUGH}. Make one lighter or darker.`,
    }));
}
