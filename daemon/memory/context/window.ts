/**
 * Fills the beginning of a conversation from budgeted sections. What changes least stands first, and nothing of it changes
 * while the conversation grows, so that a provider's prompt cache serves all of it.
 */
import { asData, cutText } from "./cut.ts";
import type { Count } from "./tokens.ts";

/** In the order in which they are sent. */
export const OPENING_SECTIONS = ["rules", "task", "plan", "map", "code", "knowledge", "conversation"] as const;
export type OpeningSection = (typeof OPENING_SECTIONS)[number];

export interface SectionContent {
  readonly text: string;
  /** How many rules, files, facts … it holds. */
  readonly items: number;
  readonly truncated: boolean;
}

export interface Section {
  readonly name: OpeningSection;
  /** Stands before the content, as its heading. */
  readonly label: string;
  /** Data comes from the repository, a tool or the web, and is set apart; words are the user's or Nexus' own. */
  readonly kind: "words" | "data";
  /** 1 is served first. What it leaves flows to the next. */
  readonly priority: number;
  /** Of the limit, 0 to 1: kept free for it while others are served, and the most it gets. */
  readonly minShare: number;
  readonly maxShare: number;
  /** Nothing of it may be left out: when it does not fit, nothing is sent. */
  readonly required?: boolean;
  /** At most so many tokens of content; more is cut. The same tokens must give the same content. */
  readonly content: (tokens: number) => SectionContent;
}

export interface SectionUse {
  readonly name: OpeningSection;
  readonly tokens: number;
  readonly items: number;
  readonly truncated: boolean;
}

export type Opening =
  | { readonly ok: true; readonly text: string; readonly tokens: number; readonly sections: readonly SectionUse[] }
  /** A required section did not fit into `limit`. */
  | { readonly ok: false; readonly section: OpeningSection; readonly limit: number };

const BETWEEN = "\n\n";
/** Room for the blank lines between sections, and for tokens that come apart where texts meet. */
const SEAM = 3;

/** The text is at most `limit` tokens. The same sections and limit always give the same bytes. */
export function fillWindow(sections: readonly Section[], limit: number, count: Count): Opening {
  const served = serve(sections, limit, count);
  const failed = served.find(({ section, content }) => section.required === true && content.truncated);
  if (failed !== undefined) return { ok: false, section: failed.section.name, limit };
  const ordered = served
    .filter(({ text, content }) => text !== "" || content.truncated)
    .sort((first, second) => placeOf(first.section) - placeOf(second.section));
  const text = ordered.flatMap((entry) => (entry.text === "" ? [] : [entry.text])).join(BETWEEN);
  return { ok: true, text, tokens: count(text), sections: usesOf(ordered, count) };
}

/** A text as a section's content, cut at its end. */
export function textContent(text: string, count: Count): Section["content"] {
  return (tokens) => ({ items: text === "" ? 0 : 1, ...cutText(text, tokens, count) });
}

/** Whole items in their order, as many as fit; an item is never cut, and none is skipped for a later one. */
export function itemContent(items: readonly string[], count: Count, separator = "\n"): Section["content"] {
  return (tokens) => {
    let fitting = "";
    for (const [index, item] of items.entries()) {
      const next = index === 0 ? item : fitting + separator + item;
      if (count(next) > tokens) return { text: fitting, items: index, truncated: true };
      fitting = next;
    }
    return { text: fitting, items: items.length, truncated: false };
  };
}

interface Served {
  readonly section: Section;
  readonly content: SectionContent;
  readonly text: string;
  readonly tokens: number;
}

/** Two rounds by priority: within what the others are promised, then with what they did not use. */
function serve(sections: readonly Section[], limit: number, count: Count): Served[] {
  const byPriority = [...sections].sort((first, second) => rankOf(first) - rankOf(second));
  const served = new Map<Section, Served>();
  let left = limit;
  let promised = byPriority.reduce((sum, section) => sum + promiseOf(section, limit), 0);
  for (const section of byPriority) {
    promised -= promiseOf(section, limit);
    const given = render(section, Math.min(mostOf(section, limit), left - promised), count);
    served.set(section, given);
    left -= given.tokens;
  }
  for (const section of byPriority) {
    const before = served.get(section);
    if (before === undefined || !before.content.truncated) continue;
    const given = render(section, Math.min(mostOf(section, limit), left + before.tokens), count);
    if (given.tokens <= before.tokens) continue;
    served.set(section, given);
    left -= given.tokens - before.tokens;
  }
  return [...served.values()];
}

function rankOf(section: Section): number {
  return section.required === true ? 0 : section.priority;
}

function promiseOf(section: Section, limit: number): number {
  return section.required === true ? 0 : Math.floor(section.minShare * limit);
}

function mostOf(section: Section, limit: number): number {
  return section.required === true ? limit : Math.floor(section.maxShare * limit);
}

function render(section: Section, tokens: number, count: Count): Served {
  const frame = count(frameOf(section, "")) + SEAM;
  for (let room = tokens - frame; room > 0; ) {
    const content = section.content(room);
    const text = content.text === "" ? "" : frameOf(section, content.text);
    const used = text === "" ? 0 : count(text) + SEAM;
    if (used <= tokens) return { section, content, text, tokens: used };
    room -= Math.max(1, used - tokens);
  }
  const none = section.content(0);
  return { section, content: { ...none, text: "", items: 0 }, text: "", tokens: 0 };
}

function frameOf({ kind, label, name }: Section, text: string): string {
  const body = kind === "data" ? asData(name, text) : text;
  return label === "" ? body : `${label}\n${body}`;
}

function placeOf({ name }: Section): number {
  return OPENING_SECTIONS.indexOf(name);
}

/** Each section counts as what the text grows by when it is added, so that the parts add up to the whole. */
function usesOf(ordered: readonly Served[], count: Count): SectionUse[] {
  const uses = new Map<OpeningSection, SectionUse>();
  let text = "";
  let before = 0;
  for (const { section, content, text: own } of ordered) {
    text = [text, own].filter((part) => part !== "").join(BETWEEN);
    const total = count(text);
    const known = uses.get(section.name);
    uses.set(section.name, {
      name: section.name,
      tokens: total - before + (known?.tokens ?? 0),
      items: content.items + (known?.items ?? 0),
      truncated: content.truncated || known?.truncated === true,
    });
    before = total;
  }
  return [...uses.values()];
}
