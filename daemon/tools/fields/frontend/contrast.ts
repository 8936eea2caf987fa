/** Contrast of two colours as the Web Content Accessibility Guidelines measure it. */

const NAMES: Readonly<Record<string, string>> = {
  black: "#000",
  white: "#fff",
  red: "#f00",
  green: "#008000",
  blue: "#00f",
  yellow: "#ff0",
  gray: "#808080",
  grey: "#808080",
  silver: "#c0c0c0",
  lightgray: "#d3d3d3",
  lightgrey: "#d3d3d3",
  darkgray: "#a9a9a9",
  darkgrey: "#a9a9a9",
  navy: "#000080",
  orange: "#ffa500",
};

export function isColour(text: string): boolean {
  return channelsOf(text) !== undefined;
}

/** From 1 to 21; undefined where one of them is not written out, or can be seen through. */
export function contrastOf(front: string, back: string): number | undefined {
  const [one, other] = [channelsOf(front), channelsOf(back)];
  if (one === undefined || other === undefined) return undefined;
  const [light, dark] = [luminance(one), luminance(other)].sort((first, second) => second - first);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

type Channels = readonly [number, number, number];

function channelsOf(text: string): Channels | undefined {
  const lower = text.trim().toLowerCase();
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/.exec(
    (Object.hasOwn(NAMES, lower) ? NAMES[lower] : undefined) ?? lower,
  )?.[1];
  if (hex !== undefined) {
    const whole = hex.length === 3 ? hex.replace(/./g, "$&$&") : hex;
    const channel = (at: number) => Number.parseInt(whole.slice(at, at + 2), 16);
    return [channel(0), channel(2), channel(4)];
  }
  const rgb = /^rgb\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})\s*\)$/.exec(lower);
  return rgb === null ? undefined : [Number(rgb[1]), Number(rgb[2]), Number(rgb[3])];
}

function luminance([red, green, blue]: Channels): number {
  const [first, second, third] = [linear(red), linear(green), linear(blue)];
  return 0.2126 * first + 0.7152 * second + 0.0722 * third;
}

function linear(channel: number): number {
  const part = channel / 255;
  return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
}
