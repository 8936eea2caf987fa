/** What is evaluated in a page that is looked at: what the keyboard must reach, where it is, and what is too wide. */
import * as z from "zod/mini";

const Spot = z.object({
  /** Its number among those that the keyboard should reach; -1: it is none of them. */
  index: z.number(),
  name: z.string(),
  /** Pixels from the page's corner. */
  left: z.number(),
  right: z.number(),
  top: z.number(),
  bottom: z.number(),
});
export type Spot = z.infer<typeof Spot>;

const Reach = z.object({
  spots: z.array(Spot),
  /** What can be clicked, and no key gets to. */
  clickOnly: z.array(z.string()),
  /** Runs from right to left. */
  isRightToLeft: z.boolean(),
  /** Anything is drawn. */
  isDrawn: z.boolean(),
});
export type Reach = z.infer<typeof Reach>;

const Step = z.object({ ...Spot.shape, isSeen: z.boolean() });
export type Step = z.infer<typeof Step>;

const Width = z.object({ overflow: z.number(), widest: z.array(z.string()) });
export type Width = z.infer<typeof Width>;

export const readReach = (value: unknown): Reach | undefined => Reach.safeParse(value).data;
export const readSteps = (values: readonly unknown[]): Step[] =>
  values.flatMap((value) => Step.safeParse(value).data ?? []);
export const readWidth = (value: unknown): Width | undefined => Width.safeParse(value).data;

/** Names that all expressions share, kept on the page. `look`: what an element and what is around it look like. */
const SHARED = `
const nameOf = (element) => {
  const text = (element.getAttribute("aria-label") || element.innerText || element.labels?.[0]?.innerText || element.getAttribute("name") || "").trim().replace(/\\s+/g, " ").slice(0, 60);
  return element.tagName.toLowerCase() + (text === "" ? "" : " “" + text + "”");
};
const spotOf = (element, index) => {
  const { left, right, top, bottom } = element.getBoundingClientRect();
  const [x, y] = [scrollX, scrollY];
  return { index, name: nameOf(element), left: left + x, right: right + x, top: top + y, bottom: bottom + y };
};
const isShown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: false }) && !element.closest("[inert]");
const isReachable = (element) => element.tabIndex >= 0 && !element.disabled && isShown(element);
const PROPERTIES = ["outlineStyle", "outlineWidth", "outlineColor", "boxShadow", "borderColor", "borderWidth", "backgroundColor", "color", "textDecorationLine", "transform", "opacity", "clip", "top", "left"];
const lookOf = (element) => {
  const near = [element, element.parentElement, element.parentElement?.parentElement, element.nextElementSibling, element.previousElementSibling];
  return near.map((one) => {
    if (!one) return "";
    return [undefined, "::before", "::after"].map((pseudo) => {
      const style = getComputedStyle(one, pseudo);
      const isOutlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
      return PROPERTIES.map((property) => (property.startsWith("outline") && !isOutlined ? "" : style[property])).join("|");
    }).join("/");
  }).join("//");
};
`;

/** Before any key: what there is to be reached. Radio buttons of one group count as one. */
export const REACH = `(() => { ${SHARED}
  const groups = new Set();
  const isFirst = (element) => {
    if (element.type !== "radio" || element.name === "") return true;
    const group = (element.form?.id ?? "") + "/" + element.name;
    const first = !groups.has(group);
    groups.add(group);
    return first;
  };
  const natural = "a[href],button,input:not([type=hidden]),select,textarea,summary,iframe,audio[controls],video[controls],[tabindex],[contenteditable=true],[contenteditable='']";
  const reachable = [...document.querySelectorAll(natural)].filter(isReachable).filter(isFirst);
  const radios = (element) => (element.type === "radio" && element.name !== "" ? [...document.getElementsByName(element.name)] : [element]);
  window.__nexusReach = reachable.map((element) => ({ elements: radios(element), look: lookOf(element) }));
  window.__nexusSeen = new Set();
  const hasClick = (element) => {
    const keys = Object.keys(element);
    // React puts an empty one where it is mounted.
    if (typeof element.onclick === "function" && !keys.some((own) => own.startsWith("__react"))) return true;
    const key = keys.find((own) => own.startsWith("__reactProps$"));
    return key !== undefined && typeof element[key]?.onClick === "function";
  };
  const acts = (element) => hasClick(element) || ["button", "link", "switch", "checkbox"].includes(element.getAttribute("role") ?? "");
  const holdsReachable = (element) => element.matches("label") || reachable.some((one) => element.contains(one) || one.contains(element));
  const clickOnly = [...document.body.querySelectorAll("*")].filter((element) => !element.closest("[disabled]") && acts(element) && isShown(element) && !isReachable(element) && !holdsReachable(element)).map(nameOf).slice(0, 10);
  document.activeElement instanceof HTMLElement && document.activeElement.blur();
  const isDrawn = [...document.body.querySelectorAll("*:not(script,style,link,meta)")].some((element) => { const { width, height } = element.getBoundingClientRect(); return width > 0 && height > 0 && (element.children.length === 0 || element.innerText !== ""); });
  return { spots: reachable.slice(0, 200).map(spotOf), clickOnly, isRightToLeft: getComputedStyle(document.body).direction === "rtl", isDrawn };
})()`;

/** After each Tab; null where the walk left the page, or came to where it was before. */
export const STEP = `(() => { ${SHARED}
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  if (!element || element === document.body || element === document.documentElement || window.__nexusSeen.has(element)) return null;
  window.__nexusSeen.add(element);
  const index = window.__nexusReach.findIndex(({ elements }) => elements.includes(element));
  const before = window.__nexusReach[index]?.look;
  return { ...spotOf(element, index), isSeen: before === undefined || before !== lookOf(element) };
})()`;

/** How far the page is wider than its window, and by what. */
export const WIDTH = `(() => { ${SHARED}
  const wide = document.documentElement.clientWidth;
  const overflow = Math.max(document.documentElement.scrollWidth, document.body?.scrollWidth ?? 0) - wide;
  const outside = [...document.body.querySelectorAll("*")].filter((element) => isShown(element) && element.getBoundingClientRect().right > wide + 1);
  const own = outside.filter((element) => !outside.some((other) => other !== element && element.contains(other)));
  return { overflow: Math.max(0, Math.round(overflow)), widest: own.slice(0, 5).map((element) => nameOf(element) + " ends at " + Math.round(element.getBoundingClientRect().right)) };
})()`;
