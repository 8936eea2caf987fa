/**
 * A UI design: `docs/ui_design/<stem>.json`. Its first keys are those of MetaGPT's historic UI role; the rest is what a page
 * is built and checked from. Identifiers are what traces hang on: S1 is the first of the PRD's user stories, R1 the first of
 * its requirement pool; screens (`home`), elements (`home.title`) and components (`PriceTag`) are named here.
 */
import * as z from "zod/mini";

const name = z.string().check(z.regex(/^[a-z][a-z0-9-]{0,39}$/, "lower-case letters, digits and dashes"));
const elementId = z.string().check(z.regex(/^[a-z][a-z0-9-]{0,39}\.[a-z][a-z0-9-]{0,39}$/, "screen.element"));
const componentName = z.string().check(z.regex(/^[A-Z][A-Za-z0-9]{0,59}$/, "PascalCase"));
const text = z.string().check(z.maxLength(4000));
const traces = z.array(z.string().check(z.regex(/^[SR]\d{1,3}$/, "S1 or R1"))).check(z.maxLength(50));

export const UiElement = z.looseObject({
  id: elementId,
  /** What it is by its role: heading, text, link, button, input, select, checkbox, list, table, image, nav, form, card, dialog … */
  role: z.string().check(z.maxLength(40)),
  /** Its accessible name, or the text that stands there. */
  label: text,
  /** Requirements and stories that it is there for. */
  traces,
  /** Where it goes: a screen's id, or a flow's step in words. */
  leadsTo: z.optional(z.string().check(z.maxLength(200))),
  /** Of the wireframe's grid of 12 columns: column 0 to 11, row from 0, and how many it spans. Left out: below the one before. */
  at: z.optional(
    z.object({
      column: z.int().check(z.gte(0), z.lte(11)),
      row: z.int().check(z.gte(0), z.lte(200)),
      columns: z.int().check(z.gte(1), z.lte(12)),
      rows: z.int().check(z.gte(1), z.lte(60)),
    }),
  ),
});
export type UiElement = z.infer<typeof UiElement>;

export const UiScreen = z.looseObject({
  id: name,
  title: text,
  /** Address within the app: `/`, `/orders/:id`. */
  route: z.string().check(z.maxLength(200)),
  purpose: text,
  elements: z.array(UiElement).check(z.maxLength(200)),
});
export type UiScreen = z.infer<typeof UiScreen>;

export const UiFlow = z.looseObject({
  id: name,
  /** S1 …: the story that it tells. */
  story: z.string().check(z.regex(/^S\d{1,3}$/)),
  steps: z
    .array(z.looseObject({ screen: name, element: z.optional(elementId), action: text, result: text }))
    .check(z.minLength(1), z.maxLength(50)),
});
export type UiFlow = z.infer<typeof UiFlow>;

export const UiComponent = z.looseObject({
  name: componentName,
  purpose: text,
  /** Design elements that it draws. */
  elements: z.array(elementId).check(z.maxLength(100)),
  props: z.array(z.looseObject({ name: z.string(), type: z.string(), description: z.optional(text) })),
  /** Each gets a story: `Default`, `Empty`, `Error`. */
  states: z.array(componentName).check(z.minLength(1), z.maxLength(20)),
  /** From the project's folder; the file that is written, its stories and its test. */
  file: z.string().check(z.maxLength(300)),
  stories: z.string().check(z.maxLength(300)),
  test: z.optional(z.string().check(z.maxLength(300))),
});
export type UiComponent = z.infer<typeof UiComponent>;

/** W3C design tokens (Design Tokens Format Module): groups of `{ $type, $value, $description }`, with references `{color.brand}`. */
export const DesignTokens = z.record(z.string(), z.unknown());
export type DesignTokens = z.infer<typeof DesignTokens>;

export const UiDesign = z.looseObject({
  "UI Design Desc": text,
  "Selected Elements": z.array(z.string().check(z.maxLength(200))).check(z.maxLength(1000)),
  "HTML Layout": z.string().check(z.maxLength(200_000)),
  "CSS Styles": z.string().check(z.maxLength(200_000)),
  "Anything UNCLEAR": z.optional(text),
  /** Places of the app as a tree: which screens, under which name in the navigation. */
  "Information Architecture": z
    .array(z.looseObject({ screen: name, parent: z.nullable(name), navigation: text }))
    .check(z.maxLength(200)),
  Screens: z.array(UiScreen).check(z.minLength(1), z.maxLength(60)),
  "User Flows": z.array(UiFlow).check(z.maxLength(60)),
  "Design Tokens": DesignTokens,
  Components: z.array(UiComponent).check(z.maxLength(200)),
});
export type UiDesign = z.infer<typeof UiDesign>;
