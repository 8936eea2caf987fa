/** The value of a design token, by its type, as CSS. Every text that gets into a style sheet is built here from parts. */
import { readColour } from "./colour.ts";
import { isRecord } from "./token-tree.ts";

type Css = readonly (readonly [name: string, value: string])[];
/** A text beside the value: what is wrong with it. */
type Part = { readonly css: string } | { readonly wrong: string };
type Reader = (value: unknown) => Part;

const ok = (css: string): Part => ({ css });
const no = (value: unknown, wanted: string): Part => ({
  wrong: `${(JSON.stringify(value) ?? "nothing").slice(0, 80)} is no ${wanted}`,
});

/** A text: why it cannot be. */
export function cssOf(name: string, type: string, value: unknown): Css | string {
  const composite = Object.hasOwn(COMPOSITES, type) ? COMPOSITES[type] : undefined;
  if (composite !== undefined) return composite(name, value);
  const reader = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  if (reader === undefined)
    return `its type ${JSON.stringify(type.slice(0, 40))} is not known; known are ${[...Object.keys(READERS), ...Object.keys(COMPOSITES)].join(", ")}`;
  const part = reader(value);
  return "css" in part ? [[name, part.css]] : part.wrong;
}

const color: Reader = (value) => {
  const colour = readColour(value);
  return typeof colour === "string" ? { wrong: colour } : ok(colour.css);
};

const measure =
  (units: readonly string[], wanted: string): Reader =>
  (value) => {
    const [amount, unit] =
      typeof value === "string"
        ? splitAmount(value)
        : isRecord(value)
          ? [value["value"], value["unit"]]
          : [value, undefined];
    if (typeof amount !== "number" || !Number.isFinite(amount)) return no(value, wanted);
    if (amount === 0 && unit === undefined) return ok("0");
    return typeof unit === "string" && units.includes(unit) ? ok(`${amount}${unit}`) : no(value, wanted);
  };

function splitAmount(text: string): [number | undefined, string | undefined] {
  const match = /^(-?\d*\.?\d+)([a-z]*)$/i.exec(text.trim());
  return match === null ? [undefined, undefined] : [Number(match[1]), match[2] === "" ? undefined : match[2]];
}

const dimension = measure(["px", "rem", "em"], 'dimension: {"value": 16, "unit": "px" or "rem"}');
const duration = measure(["ms", "s"], 'duration: {"value": 200, "unit": "ms"}');

const GENERIC = new Set([
  "serif",
  "sans-serif",
  "monospace",
  "cursive",
  "fantasy",
  "system-ui",
  "ui-sans-serif",
  "ui-serif",
  "ui-monospace",
  "ui-rounded",
  "emoji",
  "math",
]);

const fontFamily: Reader = (value) => {
  const names: unknown[] = Array.isArray(value) ? value : typeof value === "string" ? value.split(",") : [];
  const texts = names.flatMap((name) => (typeof name === "string" && name.trim() !== "" ? name.trim() : []));
  if (texts.length === 0 || texts.length !== names.length) return no(value, 'font family: "Inter", or a list of names');
  return ok(
    texts
      .map((name) =>
        GENERIC.has(name) ? name : `"${name.replace(/^["']|["']$/g, "").replace(/[^\p{L}\p{N} _-]/gu, "")}"`,
      )
      .join(", "),
  );
};

const WEIGHTS: Readonly<Record<string, number>> = {
  ...{
    thin: 100,
    hairline: 100,
    "extra-light": 200,
    "ultra-light": 200,
    light: 300,
    normal: 400,
    regular: 400,
    book: 400,
  },
  ...{
    medium: 500,
    "semi-bold": 600,
    "demi-bold": 600,
    bold: 700,
    "extra-bold": 800,
    "ultra-bold": 800,
    black: 900,
    heavy: 900,
  },
};

const fontWeight: Reader = (value) => {
  const weight = typeof value === "string" && Object.hasOwn(WEIGHTS, value) ? WEIGHTS[value] : value;
  return typeof weight === "number" && weight >= 1 && weight <= 1000
    ? ok(String(weight))
    : no(value, "font weight from 1 to 1000, or bold");
};

const number: Reader = (value) =>
  typeof value === "number" && Number.isFinite(value) ? ok(String(value)) : no(value, "number");

const cubicBezier: Reader = (value) => {
  const points: unknown[] = Array.isArray(value) ? value : [];
  const numbers = points.flatMap((point) => (typeof point === "number" ? point : []));
  return numbers.length === 4 && points.length === 4
    ? ok(`cubic-bezier(${numbers.join(", ")})`)
    : no(value, "list of four numbers");
};

const STROKES = ["solid", "dashed", "dotted", "double", "groove", "ridge", "outset", "inset"];
const strokeStyle: Reader = (value) => {
  if (isRecord(value)) return ok("dashed");
  return typeof value === "string" && STROKES.includes(value)
    ? ok(value)
    : no(value, `stroke style: ${STROKES.join(", ")}`);
};

/** Parts of an object by name, in the order in which CSS wants them; `name?` may be left out. */
const joined =
  (parts: Readonly<Record<string, Reader>>): Reader =>
  (value) => {
    if (!isRecord(value)) return no(value, `object with ${Object.keys(parts).join(", ")}`);
    const texts: string[] = [];
    for (const [key, reader] of Object.entries(parts)) {
      const own = key.replace("?", "");
      if (value[own] === undefined && key.endsWith("?")) continue;
      const part = reader(value[own]);
      if ("wrong" in part) return { wrong: `${own}: ${part.wrong}` };
      texts.push(part.css);
    }
    return ok(texts.join(" "));
  };

const oneShadow = joined({ offsetX: dimension, offsetY: dimension, blur: dimension, "spread?": dimension, color });
const shadow: Reader = (value) => {
  const layers: unknown[] = Array.isArray(value) ? value : [value];
  const parts = layers.map((layer) => {
    const part = oneShadow(layer);
    const inset = isRecord(layer) && layer["inset"] === true ? "inset " : "";
    return "css" in part ? ok(inset + part.css) : part;
  });
  const wrong = parts.find((part) => "wrong" in part);
  return (
    wrong ??
    (parts.length === 0 ? no(value, "shadow") : ok(parts.map((part) => ("css" in part ? part.css : "")).join(", ")))
  );
};

const gradient: Reader = (value) => {
  const stops: unknown[] = Array.isArray(value) ? value : [];
  const parts = stops.map((stop) => {
    const { color: own, position } = isRecord(stop) ? stop : { color: undefined, position: undefined };
    const part = color(own);
    const at = typeof position === "number" ? ` ${Math.round(Math.min(Math.max(position, 0), 1) * 100)}%` : "";
    return "css" in part ? ok(part.css + at) : part;
  });
  const wrong = parts.find((part) => "wrong" in part);
  return (
    wrong ??
    (parts.length < 2
      ? no(value, "gradient: a list of two stops or more")
      : ok(`linear-gradient(${parts.map((part) => ("css" in part ? part.css : "")).join(", ")})`))
  );
};

const READERS: Readonly<Record<string, Reader>> = {
  ...{ color, dimension, fontFamily, fontWeight, duration, number, cubicBezier, strokeStyle, shadow, gradient },
  border: joined({ width: dimension, style: strokeStyle, color }),
  transition: joined({ duration, timingFunction: cubicBezier, "delay?": duration }),
};

const lineHeight: Reader = (value) => (typeof value === "number" ? number(value) : dimension(value));

/** `--text-title`, for the `font` property, and its parts, for those who want one. */
function typography(name: string, value: unknown): Css | string {
  if (!isRecord(value)) return "typography is an object with fontFamily, fontSize, fontWeight, lineHeight";
  const given: Readonly<Record<string, Reader>> = {
    fontWeight,
    fontSize: dimension,
    lineHeight,
    fontFamily,
    letterSpacing: dimension,
  };
  const parts = new Map<string, string>();
  for (const [key, reader] of Object.entries(given)) {
    if (value[key] === undefined) continue;
    const part = reader(value[key]);
    if ("wrong" in part) return `${key}: ${part.wrong}`;
    parts.set(key, part.css);
  }
  const [size, family] = [parts.get("fontSize"), parts.get("fontFamily")];
  if (size === undefined || family === undefined) return "typography needs at least fontFamily and fontSize";
  const height = parts.get("lineHeight");
  const whole = `${parts.get("fontWeight") ?? "400"} ${size}${height === undefined ? "" : ` / ${height}`} ${family}`;
  const named = [...parts].map(
    ([key, css]) => [`${name}-${key.replace(/[A-Z]/g, (sign) => `-${sign.toLowerCase()}`)}`, css] as const,
  );
  return [[name, whole], ...named];
}

const COMPOSITES: Readonly<Record<string, (name: string, value: unknown) => Css | string>> = { typography };
