/** How an element is drawn, by its role. A role that is not known is a dashed box that says what it is. */
import type { UiElement } from "../../../protocol/index.ts";
import { cut, escaped, widthOf, wrapped } from "./svg-text.ts";
import { type Box, isContainer } from "./wireframe-grid.ts";
import type { Paint } from "./wireframe-paint.ts";

type Draw = (label: string, box: Box, paint: Paint) => readonly string[];

/** A group of shapes that bears the element's id as `data-element`. */
export function drawElement({ id, role, label, leadsTo }: UiElement, box: Box, paint: Paint): string {
  const draw = Object.hasOwn(DRAWINGS, role) ? DRAWINGS[role] : isContainer(role) ? container : undefined;
  const shapes = draw?.(label, box, paint) ?? unknown(`${role}: ${label}`, box, paint);
  const way = leadsTo === undefined || leadsTo === "" ? [] : leads(leadsTo, box, paint);
  return [
    `<g data-element="${id}">`,
    `<title>${escaped(`${role}: ${label.slice(0, 200)}`)}</title>`,
    ...shapes,
    ...way,
    "</g>",
  ].join("\n");
}

interface Written {
  readonly size?: number;
  readonly weight?: number;
  readonly fill: string;
  readonly anchor?: "start" | "middle" | "end";
  readonly underline?: boolean;
}

/** Baseline at `y`. */
function line(
  text: string,
  x: number,
  y: number,
  { size = 14, weight = 400, fill, anchor = "start", underline = false }: Written,
): string {
  const more = `${anchor === "start" ? "" : ` text-anchor="${anchor}"`}${underline ? ' text-decoration="underline"' : ""}`;
  return `<text x="${x}" y="${y}" font-size="${size}"${weight === 400 ? "" : ` font-weight="${weight}"`} fill="${fill}"${more}>${escaped(text)}</text>`;
}

function lines(text: string, box: Box, written: Written): string[] {
  const { size = 14 } = written;
  const step = Math.round(size * 1.4);
  const most = Math.max(1, Math.floor(box.height / step));
  return wrapped(text, size, box.width, most).map((own, index) =>
    line(own, box.x, box.y + size + index * step, written),
  );
}

function rect({ x, y, width, height }: Box, fill: string, stroke: string, more = 'rx="6"'): string {
  return `<rect x="${x}" y="${y}" width="${Math.max(width, 1)}" height="${Math.max(height, 1)}" fill="${fill}" stroke="${stroke}" ${more}/>`;
}

const middle = ({ y, height }: Box, size = 14) => Math.round(y + height / 2 + size * 0.36);
const inset = ({ x, y, width, height }: Box, by: number): Box => ({
  x: x + by,
  y: y + by,
  width: width - 2 * by,
  height: height - 2 * by,
});

/** `Orders: item, amount` → its caption and what it lists. */
function partsOf(label: string): { readonly caption: string; readonly parts: readonly string[] } {
  const [, caption = label, rest = ""] = /^([^:]{0,80}):\s*(.+)$/s.exec(label) ?? [];
  const parts = rest.split(/\s*[,;|·\n]\s*/).filter((part) => part !== "");
  return parts.length < 2 ? { caption: label, parts: [] } : { caption, parts: parts.slice(0, 12) };
}

const heading: Draw = (label, box, { text }) =>
  lines(label, box, { size: box.height > 60 ? 30 : 24, weight: 700, fill: text });
const plain: Draw = (label, box, { text }) => lines(label, box, { size: 15, fill: text });
const link: Draw = (label, box, { accentText }) =>
  lines(label, { ...box, y: box.y + 8, height: box.height - 8 }, { size: 15, fill: accentText, underline: true });

const button: Draw = (label, box, { accent, onAccent }) => {
  const high: Box = { ...box, height: Math.min(box.height, 44) };
  const own = { size: 15, weight: 600, fill: onAccent, anchor: "middle" } as const;
  return [
    rect(high, accent, "none"),
    line(cut(label, 15, box.width - 16), Math.round(box.x + box.width / 2), middle(high, 15), own),
  ];
};

const field =
  (kind: "line" | "area" | "choice"): Draw =>
  (label, box, { paper, line: stroke, text, muted }) => {
    const shown = cut(label, 14, box.width);
    const below: Box = box.height < 60 ? box : { ...box, y: box.y + 24, height: box.height - 24 };
    const high: Box = { ...below, height: kind === "area" ? below.height : Math.min(below.height, 44) };
    const x = box.x + box.width - 22;
    const y = middle(high, 0);
    const arrow =
      kind === "choice"
        ? [`<path d="M${x - 6} ${y - 3}l6 6l6 -6" fill="none" stroke="${muted}" stroke-width="2"/>`]
        : [];
    const within =
      below === box
        ? [line(cut(label, 14, box.width - 44), box.x + 12, middle(high), { fill: muted })]
        : [line(shown, box.x, box.y + 14, { weight: 600, fill: text })];
    return [rect(high, paper, stroke), ...within, ...arrow];
  };

const tick =
  (isRound: boolean): Draw =>
  (label, box, { paper, line: stroke, text }) => {
    const y = box.y + Math.round(Math.min(box.height, 44) / 2) - 9;
    const square: Box = { x: box.x, y, width: 18, height: 18 };
    return [
      rect(square, paper, stroke, `rx="${isRound ? 9 : 3}"`),
      line(cut(label, 15, box.width - 30), box.x + 28, y + 14, { size: 15, fill: text }),
    ];
  };

const list: Draw = (label, box, { line: stroke, text, soft }) => {
  const { caption, parts } = partsOf(label);
  const room = Math.max(1, Math.min(12, Math.floor((box.height - 26) / 32)));
  const rows = Array.from({ length: room }, (_, index) => {
    const y = box.y + 30 + index * 32;
    const part = parts[index];
    const words =
      part === undefined
        ? rect(
            { x: box.x + 32, y: y + 5, width: Math.round(box.width * (0.7 - (index % 3) * 0.12)), height: 12 },
            soft,
            "none",
          )
        : line(cut(part, 14, box.width - 48), box.x + 32, y + 16, { fill: text });
    return [`<circle cx="${box.x + 14}" cy="${y + 11}" r="4" fill="${stroke}"/>`, words];
  });
  return [line(cut(caption, 14, box.width), box.x, box.y + 16, { weight: 600, fill: text }), ...rows.flat()];
};

const table: Draw = (label, box, { paper, line: stroke, text, soft }) => {
  const { caption, parts } = partsOf(label);
  const heads = parts.length > 0 ? parts : ["", "", ""];
  const top: Box = { ...box, y: box.y + 26, height: Math.max(32, box.height - 26) };
  const column = top.width / heads.length;
  const count = Math.max(0, Math.floor(top.height / 32) - 1);
  const body = Array.from({ length: Math.min(count, 20) }, (_, row) => {
    const y = top.y + 32 * (row + 1);
    const cells = heads.map((_, index) =>
      rect(
        { x: Math.round(top.x + index * column + 10), y: y + 10, width: Math.round(column * 0.55), height: 12 },
        soft,
        "none",
      ),
    );
    return [`<path d="M${top.x} ${y}h${top.width}" stroke="${stroke}"/>`, ...cells];
  });
  return [
    line(cut(caption, 14, box.width), box.x, box.y + 16, { weight: 600, fill: text }),
    rect(top, paper, stroke, 'rx="4"'),
    rect({ ...top, height: 32 }, soft, stroke, 'rx="4"'),
    ...heads.map((head, index) =>
      line(cut(head, 13, column - 14), Math.round(top.x + index * column + 10), top.y + 21, {
        size: 13,
        weight: 600,
        fill: text,
      }),
    ),
    ...body.flat(),
  ];
};

const picture: Draw = (label, box, { soft, line: stroke, text, paper }) => {
  const { x, y, width, height } = box;
  const shown = cut(label, 13, width - 20);
  const half = Math.round(widthOf(shown, 13) / 2) + 8;
  const centre = Math.round(x + width / 2);
  return [
    rect(box, soft, stroke, 'rx="4"'),
    `<path d="M${x} ${y}l${width} ${height}m0 -${height}l-${width} ${height}" stroke="${stroke}" fill="none"/>`,
    rect({ x: centre - half, y: middle(box, 0) - 12, width: 2 * half, height: 24 }, paper, "none", 'rx="4"'),
    line(shown, centre, middle(box, 13), { size: 13, fill: text, anchor: "middle" }),
  ];
};

/** Things side by side: navigation, tabs, steps. */
const row: Draw = (label, box, { soft, line: stroke, text, accentText }) => {
  const { caption, parts } = partsOf(label);
  const y = middle({ ...box, height: Math.min(box.height, 44) }, 15);
  const shapes = [
    rect({ ...box, height: Math.min(box.height, 44) }, soft, stroke),
    line(cut(caption, 15, box.width - 32), box.x + 16, y, { size: 15, weight: 600, fill: text }),
  ];
  let x = box.x + 16 + Math.round(widthOf(caption, 15)) + 36;
  for (const part of parts) {
    const wide = Math.round(widthOf(part, 15));
    if (x + wide > box.x + box.width - 12) break;
    shapes.push(line(part, x, y, { size: 15, fill: accentText, underline: true }));
    x += wide + 28;
  }
  return shapes;
};

const notice: Draw = (label, box, { soft, accentText, text }) => [
  rect(box, soft, "none", 'rx="4"'),
  rect({ ...box, width: 5 }, accentText, "none", 'rx="2"'),
  ...lines(label, { ...inset(box, 12), x: box.x + 20 }, { size: 14, fill: text }),
];

const track: Draw = (label, box, { soft, accent, line: stroke, text }) => {
  const bar: Box = { ...box, y: box.y + 24, height: 10 };
  return [
    line(cut(label, 14, box.width), box.x, box.y + 14, { fill: text }),
    rect(bar, soft, stroke, 'rx="5"'),
    rect({ ...bar, width: Math.round(bar.width * 0.4) }, accent, "none", 'rx="5"'),
  ];
};

const container: Draw = (label, box, { paper, line: stroke, muted }) => {
  const caption = cut(label, 12, box.width - 28);
  const room = box.height > 60 && caption !== "";
  const wide = Math.round(widthOf(caption, 12)) + 12;
  return [
    rect(box, "none", stroke, 'rx="10"'),
    ...(room
      ? [
          rect({ x: box.x + 12, y: box.y - 7, width: wide, height: 14 }, paper, "none", 'rx="2"'),
          line(caption, box.x + 18, box.y + 4, { size: 12, fill: muted }),
        ]
      : []),
  ];
};

const dialog: Draw = (label, box, paint) => {
  const x = box.x + box.width - 26;
  return [
    rect({ ...box, x: box.x + 5, y: box.y + 5 }, paint.soft, "none", 'rx="10"'),
    rect(box, paint.paper, paint.line, 'rx="10" stroke-width="2"'),
    `<path d="M${x} ${box.y + 14}l12 12m0 -12l-12 12" stroke="${paint.muted}" stroke-width="2"/>`,
    line(cut(label, 16, box.width - 60), box.x + 16, box.y + 27, { size: 16, weight: 600, fill: paint.text }),
  ];
};

const unknown: Draw = (label, box, { line: stroke, muted }) => [
  rect(box, "none", stroke, 'rx="6" stroke-dasharray="6 4"'),
  ...lines(label, inset(box, 10), { size: 13, fill: muted }),
];

function leads(to: string, box: Box, { muted }: Paint): string[] {
  return [
    line(cut(`→ ${to}`, 11, Math.max(box.width, 60)), box.x + box.width, box.y + box.height + 10, {
      size: 11,
      fill: muted,
      anchor: "end",
    }),
  ];
}

const DRAWINGS: Readonly<Record<string, Draw>> = {
  ...{
    heading,
    text: plain,
    paragraph: plain,
    label: plain,
    link,
    button,
    dialog,
    list,
    table,
    grid: table,
    navigation: row,
  },
  ...{
    input: field("line"),
    textbox: field("line"),
    textarea: field("area"),
    search: field("line"),
    searchbox: field("line"),
  },
  ...{
    select: field("choice"),
    combobox: field("choice"),
    menu: row,
    nav: row,
    tabs: row,
    tablist: row,
    toolbar: row,
    breadcrumb: row,
  },
  ...{
    checkbox: tick(false),
    switch: tick(false),
    radio: tick(true),
    image: picture,
    img: picture,
    video: picture,
    chart: picture,
    map: picture,
  },
  ...{ alert: notice, status: notice, note: notice, progress: track, slider: track, meter: track },
};
