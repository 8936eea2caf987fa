/** Colours of design tokens, as six digits, and which text can be read on them. */
import * as z from "zod/mini";
import { contrastOf } from "../../tools/fields/frontend/contrast.ts";

const unit = z.number().check(z.gte(-1), z.lte(360));
const Colour = z.looseObject({
  colorSpace: z.optional(z.string()),
  components: z.optional(z.array(z.union([unit, z.literal("none")])).check(z.length(3))),
  alpha: z.optional(z.number().check(z.gte(0), z.lte(1))),
  hex: z.optional(z.string()),
});

export interface TokenColour {
  /** For style sheets: `#1f6feb`, or `rgb(31 111 235 / 0.5)`. */
  readonly css: string;
  /** `#1f6feb`; undefined where it can be seen through, since what is below is not known. */
  readonly hex: string | undefined;
}

/** A colour as the format writes it: an object of a colour space, or six digits as older drafts did. A text: why it is none. */
export function readColour(value: unknown): TokenColour | string {
  if (typeof value === "string") return fromHex(value, 1) ?? `${shown(value)} is no colour like #1f6feb`;
  const parsed = Colour.safeParse(value);
  if (!parsed.success) return `${shown(value)} is no colour: {"colorSpace": "srgb", "components": [0…1, 0…1, 0…1]}`;
  const { colorSpace, components, alpha = 1, hex } = parsed.data;
  if (components !== undefined && (colorSpace === "srgb" || colorSpace === "hsl")) {
    const [first = 0, second = 0, third = 0] = components.map((part) => (part === "none" ? 0 : part));
    const channels = colorSpace === "srgb" ? [first, second, third] : fromHsl(first, second / 100, third / 100);
    return fromHex(`#${channels.map(twoDigits).join("")}`, alpha) ?? "no colour";
  }
  const own = hex === undefined ? undefined : fromHex(hex, alpha);
  return own ?? `the colour space ${shown(colorSpace)} needs "hex" beside it, for places that know sRGB only`;
}

function fromHex(text: string, alpha: number): TokenColour | undefined {
  const digits = /^#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i.exec(text.trim())?.[1]?.toLowerCase();
  if (digits === undefined) return undefined;
  const long = digits.length <= 4 ? digits.replace(/./g, "$&$&") : digits;
  const hex = `#${long.slice(0, 6)}`;
  const opacity = long.length === 8 ? Number.parseInt(long.slice(6), 16) / 255 : alpha;
  if (opacity >= 1) return { css: hex, hex };
  const channels = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  return { css: `rgb(${channels.join(" ")} / ${Math.round(opacity * 1000) / 1000})`, hex: undefined };
}

function twoDigits(part: number): string {
  return Math.round(Math.min(Math.max(part, 0), 1) * 255)
    .toString(16)
    .padStart(2, "0");
}

/** https://www.w3.org/TR/css-color-4/#hsl-to-rgb */
function fromHsl(hue: number, saturation: number, lightness: number): number[] {
  const channel = (at: number) => {
    const place = (at + hue / 30) % 12;
    const spread = saturation * Math.min(lightness, 1 - lightness);
    return lightness - spread * Math.max(-1, Math.min(place - 3, 9 - place, 1));
  };
  return [channel(0), channel(8), channel(4)];
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, 80);
}

/** Black or white, whichever is read better on it. */
export function textOn(hex: string): string {
  return (contrastOf("#ffffff", hex) ?? 0) >= (contrastOf("#000000", hex) ?? 0) ? "#ffffff" : "#000000";
}
