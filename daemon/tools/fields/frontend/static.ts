/** What can be told of a page without a browser: its tags one by one, and colours that stand beside each other. */
import type { SyntaxChecker } from "../../../memory/code/syntax.ts";
import type { Found, Judged, JudgedText } from "../judge/requests.ts";
import { contrastOf, isColour } from "./contrast.ts";

interface Tag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly line: number;
  /** What stands between it and its end, tags included; for elements that are asked for their text. */
  readonly inside: string;
}

const PAGE = /\.html?$/i;
const STYLES = /\.css$/i;
const MAX_TAGS = 20_000;

export function isPage(path: string): boolean {
  return PAGE.test(path);
}

export function isStyle(path: string): boolean {
  return STYLES.test(path);
}

export async function judgePages(texts: readonly JudgedText[], syntax: SyntaxChecker): Promise<Judged> {
  const found: Found[] = [];
  const looked: Record<string, number> = {};
  for (const { path, text } of texts) {
    const kind = isPage(path) ? "page" : isStyle(path) ? "style sheet" : undefined;
    if (kind === undefined) continue;
    looked[kind] = (looked[kind] ?? 0) + 1;
    const broken = (await syntax.check(path, text)) ?? [];
    found.push(
      ...broken.map(({ line, message, text: shown }): Found => {
        const rule = kind === "page" ? "html/syntax" : "css/syntax";
        return { path, line, rule, message: `${message}: ${shown}`, severity: "error" };
      }),
      ...(kind === "page" ? pageFindings(path, text) : styleFindings(path, text, 0)),
    );
  }
  return { found, looked };
}

function pageFindings(path: string, text: string): Found[] {
  const tags = tagsOf(text);
  const isWhole = tags.some(({ name }) => name === "html");
  const labels = new Set(
    tags.flatMap(({ name, attributes }) => (name === "label" ? (attributes.get("for") ?? []) : [])),
  );
  const tell = (line: number, rule: string, message: string, severity: Found["severity"] = "error"): Found => {
    return { path, line, rule: `static/${rule}`, message, severity };
  };
  const own = tags.flatMap((tag) => tagFindings(tag, labels, text, tell));
  const html = tags.find(({ name }) => name === "html");
  return [
    ...own,
    ...doubleIds(tags, tell),
    ...(html !== undefined && !html.attributes.get("lang")
      ? [tell(html.line, "html-lang", "the page does not say its language")]
      : []),
    ...(isWhole && !/<title[^>]*>\s*[^<\s]/i.test(text) ? [tell(1, "title", "the page has no title")] : []),
    ...tags.flatMap(({ name, line, inside }) => (name === "style" ? styleFindings(path, inside, line - 1) : [])),
  ];
}

type Tell = (line: number, rule: string, message: string, severity?: Found["severity"]) => Found;

function doubleIds(tags: readonly Tag[], tell: Tell): Found[] {
  const seen = new Set<string>();
  return tags.flatMap(({ attributes, line }) => {
    const id = attributes.get("id");
    if (!id) return [];
    if (seen.has(id)) return [tell(line, "duplicate-id", `the id “${id.slice(0, 60)}” is there already`)];
    seen.add(id);
    return [];
  });
}

const NEEDS_LABEL = new Set(["input", "select", "textarea"]);
const NO_LABEL = new Set(["hidden", "submit", "reset", "button", "image"]);

function tagFindings(tag: Tag, labels: ReadonlySet<string>, text: string, tell: Tell): Found[] {
  const { name, attributes, line, inside } = tag;
  const isHidden = attributes.get("aria-hidden") === "true" || attributes.has("hidden");
  if (isHidden) return [];
  const isNamed = ["aria-label", "aria-labelledby", "title"].some((key) => (attributes.get(key) ?? "").trim() !== "");
  const style = attributes.get("style");
  const colours = style === undefined ? [] : contrastFindings(style, line, tell);
  if (name === "img" && !attributes.has("alt") && !isNamed)
    return [...colours, tell(line, "image-alt", "an image has no alt")];
  if (NEEDS_LABEL.has(name) && !NO_LABEL.has(attributes.get("type") ?? "") && !isNamed) {
    const id = attributes.get("id");
    const isLabelled = (id !== undefined && labels.has(id)) || isWithinLabel(text, line, tag);
    if (!isLabelled) return [...colours, tell(line, "label", `a field (${name}) has no label`)];
  }
  if ((name === "button" || (name === "a" && attributes.has("href"))) && !isNamed && nameOf(inside) === "")
    return [
      ...colours,
      tell(line, name === "a" ? "link-name" : "button-name", `<${name}> has no text that can be read out`),
    ];
  if (Number(attributes.get("tabindex") ?? 0) > 0)
    return [...colours, tell(line, "tabindex", "a tabindex above 0 breaks the order of the keyboard", "warning")];
  if (
    name === "meta" &&
    attributes.get("name") === "viewport" &&
    /user-scalable\s*=\s*no|maximum-scale\s*=\s*1\b/.test(attributes.get("content") ?? "")
  )
    return [...colours, tell(line, "zoom", "the page forbids people to zoom in")];
  return colours;
}

function nameOf(inside: string): string {
  const alternatives = [...inside.matchAll(/\b(?:alt|aria-label|title)\s*=\s*["']([^"']+)["']/g)].map(
    ([, text = ""]) => text,
  );
  return [inside.replace(/<[^>]*>/g, ""), ...alternatives].join("").trim();
}

/** `<label>Name <input></label>`: whether the last label before it is still open. */
function isWithinLabel(text: string, line: number, { attributes, name }: Tag): boolean {
  const until = text.split("\n").slice(0, line).join("\n");
  const place = until.lastIndexOf(`<${name}`);
  const before = until.slice(0, place < 0 ? until.length : place);
  return attributes.size >= 0 && before.lastIndexOf("<label") > before.lastIndexOf("</label");
}

/** Tags with their attributes, comments and scripts left out. Never more than MAX_TAGS. */
function tagsOf(text: string): Tag[] {
  const plain = text
    .replace(/<!--[\s\S]*?-->/g, blank)
    .replace(
      /(<script\b[^>]*>)([\s\S]*?)(<\/script)/gi,
      (_, open: string, code: string, end: string) => open + blank(code) + end,
    );
  const tags: Tag[] = [];
  for (const match of plain.matchAll(
    /<([a-z][\w-]*)((?:\s+[^\s=>"'/]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?|\s*\/)*)\s*>/gi,
  )) {
    if (tags.length >= MAX_TAGS) break;
    const [whole, name = "", given = ""] = match;
    const lower = name.toLowerCase();
    const attributes = new Map(
      [...given.matchAll(/([^\s=>"'/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g)].map(
        ([, key = "", double, single, bare]) => [key.toLowerCase(), double ?? single ?? bare ?? ""] as const,
      ),
    );
    const after = match.index + whole.length;
    const asks = lower === "button" || lower === "a" || lower === "style";
    const end = asks ? plain.toLowerCase().indexOf(`</${lower}`, after) : -1;
    const inside = end < 0 ? "" : plain.slice(after, Math.min(end, after + 20_000));
    tags.push({ name: lower, attributes, line: plain.slice(0, match.index).split("\n").length, inside });
  }
  return tags;
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, " ");
}

function styleFindings(path: string, text: string, linesBefore: number): Found[] {
  const plain = text.replace(/\/\*[\s\S]*?\*\//g, blank);
  return [...plain.matchAll(/\{([^{}]*)\}/g)].flatMap(({ 1: body = "", index }) => {
    const line = linesBefore + plain.slice(0, index).split("\n").length;
    return contrastFindings(body, line, (at, rule, message, severity = "error") => {
      return { path, line: at, rule: `static/${rule}`, message, severity };
    });
  });
}

/** Colours that are written out; what is inherited or computed is not known here. */
function contrastFindings(declarations: string, line: number, tell: Tell): Found[] {
  const declared = (name: string) =>
    new RegExp(`(?:^|;)\\s*${name}\\s*:\\s*([^;!]+)`, "i").exec(declarations)?.[1]?.trim();
  const [front, back] = [declared("color"), declared("background-color") ?? declared("background")];
  if (front === undefined || back === undefined || !isColour(front) || !isColour(back)) return [];
  const contrast = contrastOf(front, back);
  if (contrast === undefined || contrast >= 4.5) return [];
  const size = /^([\d.]+)(px|rem|em)$/.exec(declared("font-size") ?? "");
  const pixels = Number(size?.[1] ?? 16) * (size?.[2] === undefined || size[2] === "px" ? 1 : 16);
  if (contrast >= 3 && pixels >= 24) return [];
  return [tell(line, "contrast", `${front} on ${back} has a contrast of ${contrast.toFixed(2)}; text needs 4.5`)];
}
