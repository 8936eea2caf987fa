/** A design as the daemon would tell it: a shop's price tags, from PRD to the built page. */
import type { DesignDocument, DesignView } from "../../../protocol/design/view.ts";

const STEM = "20261128091500";

export const CLASSES = `classDiagram
    class PriceTag {
        +amount: number
        +currency: string
        +old: number | null
        +text() string
    }
    class Cart {
        +items: PriceTag[]
        +sum() number
        +add(tag: PriceTag) void
    }
    class Store {
        +load() Cart
        +save(cart: Cart) void
    }
    Cart --> PriceTag : holds
    Store --> Cart : keeps`;

const CALLS = `sequenceDiagram
    participant P as Page
    participant C as Cart
    participant S as Store
    P->>S: load()
    S-->>P: cart
    P->>C: add(tag)
    C->>S: save(cart)
    S-->>P: ok`;

const QUADRANT = `quadrantChart
    title "Reach and clarity of shop pages"
    x-axis "Low reach" --> "High reach"
    y-axis "Unclear prices" --> "Clear prices"
    quadrant-1 "Lead"
    quadrant-2 "Hidden gems"
    quadrant-3 "Rethink"
    quadrant-4 "Everywhere, unclear"
    "Corner Shop": [0.3, 0.6]
    "Big Market": [0.85, 0.35]
    "Our page": [0.55, 0.82]`;

export const PRD_CONTENT = {
  Language: "en_us",
  "Programming Language": "TypeScript, React",
  "Original Requirements": "Show every price with its old price where it was cut, on phones too.",
  "Project Name": "price_tags",
  "Product Goals": [
    "A price is understood at a glance",
    "A cut price shows what is saved",
    "The page works with a keyboard and a screen reader",
  ],
  "User Stories": [
    "As a customer I see the price of each thing, so that I know what I pay",
    "As a customer I see the old price beside the new one, so that I know what I save",
    "As a shop keeper I set a price once, so that every page shows it",
  ],
  "Competitive Analysis": [
    "Corner Shop: clear tags, few things",
    "Big Market: everything, but prices are hard to find",
    "Our page: clear tags for everything in stock",
  ],
  "Competitive Quadrant Chart": QUADRANT,
  "Requirement Analysis":
    "Prices come from the **stock service**; a cut price has two amounts. Screen readers must say which is which.",
  "Requirement Pool": [
    ["P0", "Each thing shows its price with its currency"],
    ["P0", "A cut price shows the old price struck out, and says so to screen readers"],
    ["P1", "The sum of the cart changes as things are added"],
    ["P2", "Prices are shown in the reader’s own way of writing numbers"],
  ],
  "UI Design draft": "One list of things, a tag at the right of each, the cart’s sum below.",
  "Anything UNCLEAR": "May a price be cut twice?",
};

const DESIGN_CONTENT = {
  "Implementation approach":
    "A `PriceTag` component draws one price; the cart keeps tags and sums them up.\n\n- React, as the project has it\n- no library for numbers: `Intl.NumberFormat`",
  "File list": ["src/price.ts", "src/components/PriceTag.tsx", "src/cart.ts", "src/page.tsx"],
  "Data structures and interfaces": CLASSES,
  "Program call flow": CALLS,
  "Anything UNCLEAR": "",
};

export const TASK_CONTENT = {
  "Required packages": ["react@19", "react-dom@19"],
  "Required Other language third-party packages": ["No third-party dependencies required"],
  "Logic Analysis": [
    ["src/price.ts", "Price, its currency, and how it is written"],
    ["src/components/PriceTag.tsx", "Draws a price and the old one"],
    ["src/cart.ts", "Keeps things and sums them up"],
    ["src/page.tsx", "The page with list and cart"],
  ],
  "Task list": ["src/price.ts", "src/components/PriceTag.tsx", "src/cart.ts", "src/page.tsx"],
  "Full API spec": "",
  "Shared Knowledge": "Amounts are whole cents.",
  "Anything UNCLEAR": "",
};

const UI_CONTENT = {
  "UI Design Desc": "A calm list with strong prices.",
  Screens: [
    { id: "home", title: "Home", route: "/", purpose: "All things with their prices", elements: [] },
    { id: "cart", title: "Cart", route: "/cart", purpose: "What is bought, and the sum", elements: [] },
  ],
};

export function sampleDocument(
  change: Partial<DesignDocument> & Pick<DesignDocument, "path" | "kind">,
): DesignDocument {
  return {
    dialect: "classic",
    title: change.path,
    content: {},
    hash: "a".repeat(64),
    problems: [],
    gate: "none",
    questionId: null,
    version: 1,
    writtenBy: "",
    stale: [],
    ...change,
  };
}

export const SAMPLE_DOCUMENTS: readonly DesignDocument[] = [
  sampleDocument({
    path: `docs/prd/${STEM}.json`,
    kind: "prd",
    title: "PRD",
    content: PRD_CONTENT,
    gate: "approved",
    writtenBy: "product-manager",
  }),
  sampleDocument({
    path: `docs/system_design/${STEM}.json`,
    kind: "system_design",
    title: "System design",
    content: DESIGN_CONTENT,
    gate: "open",
    questionId: "q-design",
    version: 2,
    writtenBy: "architect",
  }),
  sampleDocument({
    path: `docs/task/${STEM}.json`,
    kind: "task",
    title: "Tasks",
    content: TASK_CONTENT,
    writtenBy: "project-manager",
    stale: ["docs/system_design changed after it was written"],
  }),
  sampleDocument({
    path: `docs/ui_design/${STEM}.json`,
    kind: "ui_design",
    title: "UI design",
    content: UI_CONTENT,
    writtenBy: "designer",
  }),
  sampleDocument({
    path: "docs/code_summary/broken.json",
    kind: "code_summary",
    title: "Code summary",
    content: null,
    problems: [{ code: "not_json", message: "It is no JSON: it ends in the middle of a text, in line 3." }],
  }),
];

const node = (
  kind: DesignView["nodes"][number]["kind"],
  id: string,
  text = id,
  status: DesignView["nodes"][number]["status"] = "ok",
): DesignView["nodes"][number] => ({
  id,
  kind,
  text,
  status,
  path:
    kind === "requirement" || kind === "story"
      ? `docs/prd/${STEM}.json`
      : kind === "element"
        ? `docs/ui_design/${STEM}.json`
        : kind === "component"
          ? "src/components/PriceTag.tsx"
          : id,
});

const wireframe = (title: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 260" width="400" height="260"><rect width="400" height="260" fill="#fff"/><rect x="16" y="16" width="368" height="30" fill="#e8ebf0"/><text x="28" y="36" font-size="14" font-family="sans-serif">${title}</text><rect x="16" y="60" width="260" height="44" fill="none" stroke="#667"/><rect x="290" y="60" width="94" height="44" fill="#dde7f6" stroke="#667"/><rect x="16" y="116" width="260" height="44" fill="none" stroke="#667"/><rect x="290" y="116" width="94" height="44" fill="#dde7f6" stroke="#667"/></svg>`;

export const SAMPLE_VIEW: DesignView = {
  project: "price_tags",
  folder: "shop",
  runId: "run-sample",
  documents: [...SAMPLE_DOCUMENTS],
  tasks: [
    {
      id: "src/price.ts",
      title: "Price, its currency, and how it is written",
      dependsOn: [],
      status: "done",
      taskId: "t1",
      reason: "",
    },
    {
      id: "src/components/PriceTag.tsx",
      title: "Draws a price and the old one",
      dependsOn: ["src/price.ts"],
      status: "working",
      taskId: "t2",
      reason: "",
    },
    {
      id: "src/cart.ts",
      title: "Keeps things and sums them up",
      dependsOn: ["src/price.ts"],
      status: "stale",
      taskId: null,
      reason: "src/price.ts changed after it was built",
    },
    {
      id: "src/page.tsx",
      title: "The page with list and cart",
      dependsOn: ["src/components/PriceTag.tsx", "src/cart.ts"],
      status: "waiting",
      taskId: null,
      reason: "",
    },
  ],
  nodes: [
    node("requirement", "R1", "Each thing shows its price with its currency"),
    node("requirement", "R2", "A cut price shows the old price struck out, and says so to screen readers"),
    node("requirement", "R3", "The sum of the cart changes as things are added"),
    node("requirement", "R4", "Prices are shown in the reader’s own way of writing numbers", "missing"),
    node("story", "S1", "As a customer I see the price of each thing"),
    node("story", "S2", "As a customer I see the old price beside the new one"),
    node("story", "S3", "As a shop keeper I set a price once"),
    node("element", "home.price", "Price of a thing"),
    node("element", "home.old-price", "Old price"),
    node("component", "PriceTag"),
    node("file", "src/price.ts"),
    node("file", "src/components/PriceTag.tsx"),
    node("file", "src/cart.ts", "src/cart.ts", "stale"),
    node("test", "test/price-tag.test.tsx"),
    node("test", "test/cart.test.ts", "test/cart.test.ts", "missing"),
  ],
  links: [
    { from: "R1", to: "S1" },
    { from: "R1", to: "src/price.ts" },
    { from: "R2", to: "S2" },
    { from: "S1", to: "home.price" },
    { from: "S2", to: "home.old-price" },
    { from: "home.price", to: "PriceTag" },
    { from: "home.old-price", to: "PriceTag" },
    { from: "PriceTag", to: "src/components/PriceTag.tsx" },
    { from: "src/components/PriceTag.tsx", to: "test/price-tag.test.tsx" },
    { from: "R3", to: "src/cart.ts" },
    { from: "src/cart.ts", to: "test/cart.test.ts" },
  ],
  wireframes: [
    { screen: "home", title: "Home", svg: wireframe("Home") },
    { screen: "cart", title: "Cart", svg: wireframe("Cart") },
  ],
  checks: [
    {
      target: "/",
      checks: [
        { name: "renders", outcome: "passed", detail: "" },
        { name: "accessibility", outcome: "passed", detail: "" },
        { name: "contrast", outcome: "failed", detail: "home.old-price has 3.9:1, and needs 4.5:1" },
        { name: "narrow", outcome: "skipped", detail: "no browser" },
      ],
      screenshots: [
        { width: 1280, height: 800, artifact: "art-wide", path: null },
        { width: 390, height: 844, artifact: "art-narrow", path: null },
      ],
    },
    { target: "PriceTag/Default", checks: [{ name: "renders", outcome: "passed", detail: "" }], screenshots: [] },
  ],
  problems: ["docs/code_summary/broken.json is no JSON."],
};
