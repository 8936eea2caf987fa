/** HTML as text that a model can read: headings, lists, links and code, without scripts, styles and what is not shown. */

/** Elements whose content is no text of the page; the parser of HTML ends each at its end tag whatever is inside. */
const DROPPED = new Set(
  "script style noscript template svg math iframe object embed canvas select textarea head title".split(" "),
);
const BLOCKS = new Set(
  "address article aside blockquote body dd details dialog div dl dt fieldset figcaption figure footer form header hr html main nav ol p section summary table tbody thead tr ul pre".split(
    " ",
  ),
);
const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  copy: "©",
  reg: "®",
  trade: "™",
  mdash: "—",
  ndash: "–",
  hellip: "…",
  lsquo: "‘",
  rsquo: "’",
  ldquo: "“",
  rdquo: "”",
  bull: "•",
  middot: "·",
  times: "×",
  rarr: "→",
  larr: "←",
  laquo: "«",
  raquo: "»",
  euro: "€",
  sect: "§",
  para: "¶",
  deg: "°",
  szlig: "ß",
  auml: "ä",
  ouml: "ö",
  uuml: "ü",
};

/** No part of a tag goes past the next `<`, so that each is looked at once however broken the page is. */
const TOKEN = /<!--[\s\S]*?(?:-->|$)|<[!?][^<>]*>|<(\/?)([a-zA-Z][a-zA-Z0-9:-]*)((?:"[^"<]*"|'[^'<]*'|[^<>"'])*)>/g;
const MAX_LINK = 500;

interface Writer {
  text: string;
  /** Inside `pre`, where white space counts. */
  preformatted: number;
  readonly links: string[];
}

/** `base` makes relative links whole. Works in one pass; what is no HTML comes out as it is. */
export function htmlText(html: string, base: string): string {
  const writer: Writer = { text: "", preformatted: 0, links: [] };
  const title = /<title[^<>]*>([^<]{1,300})<\/title/i.exec(html)?.[1];
  if (title !== undefined) writer.text = `# ${decode(title).replace(/\s+/g, " ").trim()}\n`;
  let from = 0;
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(html); match !== null; match = TOKEN.exec(html)) {
    write(writer, html.slice(from, match.index));
    const [, slash, rawName, attributes = ""] = match;
    from = TOKEN.lastIndex;
    const name = rawName?.toLowerCase();
    if (name === undefined) continue;
    if (slash === "" && DROPPED.has(name) && !attributes.endsWith("/")) {
      from = afterElement(html, name, from);
      TOKEN.lastIndex = from;
    } else if (slash === "") open(writer, name, attributes, base);
    else close(writer, name);
  }
  write(writer, html.slice(from));
  return tidy(writer.text);
}

function afterElement(html: string, name: string, from: number): number {
  const end = new RegExp(`</${name}[^<>]*>`, "gi");
  end.lastIndex = from;
  return end.exec(html) === null ? html.length : end.lastIndex;
}

function write(writer: Writer, raw: string): void {
  if (raw === "") return;
  const text = decode(raw);
  writer.text += writer.preformatted > 0 ? text : text.replace(/\s+/g, " ");
}

function open(writer: Writer, name: string, attributes: string, base: string): void {
  if (/^h[1-6]$/.test(name)) writer.text += `\n\n${"#".repeat(Number(name[1]))} `;
  else if (name === "li") writer.text += "\n- ";
  else if (name === "br") writer.text += "\n";
  else if (name === "td" || name === "th") writer.text += " | ";
  else if (name === "a") writer.links.push(linkOf(attributes, base));
  else if (name === "code" && writer.preformatted === 0) writer.text += "`";
  else if (name === "pre") {
    writer.text += "\n```\n";
    writer.preformatted += 1;
  } else if (BLOCKS.has(name)) writer.text += "\n";
}

function close(writer: Writer, name: string): void {
  if (name === "a") {
    const link = writer.links.pop() ?? "";
    if (link !== "") writer.text += ` (${link})`;
  } else if (name === "code" && writer.preformatted === 0) writer.text += "`";
  else if (name === "pre" && writer.preformatted > 0) {
    writer.preformatted -= 1;
    writer.text += "\n```\n";
  } else if (BLOCKS.has(name) || /^h[1-6]$/.test(name)) writer.text += "\n";
}

/** Only addresses of the web: no scripts, no data. */
function linkOf(attributes: string, base: string): string {
  const href = /(?:^|\s)href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i.exec(attributes);
  const written = decode(href?.[1] ?? href?.[2] ?? href?.[3] ?? "").trim();
  if (written === "" || written.startsWith("#") || !URL.canParse(written, base)) return "";
  const url = new URL(written, base);
  return /^https?:$/.test(url.protocol) && url.href.length <= MAX_LINK ? url.href : "";
}

function decode(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z]{2,8}));?/g, (whole, decimal, hex, name) => {
    if (typeof name === "string") return ENTITIES[name] ?? whole;
    const point = typeof decimal === "string" ? Number(decimal) : Number.parseInt(String(hex), 16);
    return point > 0 && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff)
      ? String.fromCodePoint(point)
      : "\ufffd";
  });
}

function tidy(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}
