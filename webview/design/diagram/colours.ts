/** The editor's colours for diagrams. They are read from the page, because what is drawn as a picture knows no variables. */
export interface DiagramColours {
  readonly isDark: boolean;
  readonly background: string;
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  /** Of lines that only guide the eye. */
  readonly faint: string;
  /** Of boxes: what they are filled with, their edge, and two more fills that can be told apart. */
  readonly fill: string;
  readonly edge: string;
  readonly second: string;
  readonly third: string;
  readonly accent: string;
  readonly font: string;
}

type Rgb = readonly [number, number, number];

/** Anew after each change of the theme; `probe` is any element of the page. */
export function readColours(probe: HTMLElement): DiagramColours {
  const read = (name: string, fallback: string, under: Rgb): Rgb => {
    probe.style.color = `var(${name}, ${fallback})`;
    return parseColour(getComputedStyle(probe).color, under);
  };
  const paper: Rgb = [255, 255, 255];
  const background = read("--vscode-editor-background", "#ffffff", paper);
  const text = read("--vscode-foreground", "#333333", background);
  const accent = read("--vscode-charts-blue", "#2f6fb5", background);
  const contrast = read("--vscode-contrastBorder", "transparent", background);
  const isContrast = contrast.some((channel, index) => Math.abs(channel - (background[index] ?? 0)) > 40);
  const font = getComputedStyle(document.body).fontFamily;
  probe.style.color = "";
  return coloursOf({ background, text, accent, edge: isContrast ? contrast : undefined, font });
}

export function coloursOf(base: {
  readonly background: Rgb;
  readonly text: Rgb;
  readonly accent: Rgb;
  /** Where the theme draws edges instead of filling. */
  readonly edge: Rgb | undefined;
  readonly font: string;
}): DiagramColours {
  const { background, text, accent, edge, font } = base;
  const fill = (amount: number, colour: Rgb) => hex(edge === undefined ? mix(background, colour, amount) : background);
  return {
    isDark: luminance(background) < 0.4,
    background: hex(background),
    text: hex(text),
    muted: hex(mix(background, text, 0.78)),
    line: hex(edge === undefined ? mix(background, text, 0.62) : text),
    faint: hex(mix(background, text, 0.35)),
    fill: fill(0.16, accent),
    edge: hex(edge ?? mix(background, accent, 0.75)),
    second: fill(0.09, text),
    third: fill(0.05, text),
    accent: hex(accent),
    font,
  };
}

/** `rgb(1, 2, 3)`, `rgba(…)` and `color(srgb 0 0.5 1 / 0.5)`, laid on `under`; anything else is `under`. */
export function parseColour(text: string, under: Rgb): Rgb {
  const numbers = (text.match(/-?\d*\.?\d+(?:e-?\d+)?/g) ?? []).map(Number);
  const scale = text.startsWith("color(") ? 255 : 1;
  if (!/^(rgba?|color)\(/.test(text) || numbers.length < 3) return under;
  const [red = 0, green = 0, blue = 0, alpha = 1] = numbers;
  return mix(under, [red * scale, green * scale, blue * scale], alpha);
}

function mix(from: Rgb, to: Rgb, amount: number): Rgb {
  const channel = (index: 0 | 1 | 2) => from[index] + (to[index] - from[index]) * amount;
  return [channel(0), channel(1), channel(2)];
}

function hex(colour: Rgb): string {
  return `#${colour
    .map((channel) =>
      Math.round(Math.min(255, Math.max(0, channel)))
        .toString(16)
        .padStart(2, "0"),
    )
    .join("")}`;
}

function luminance([red, green, blue]: Rgb): number {
  return (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
}
