/** A small design that fits its PRD, task list and files, for tests to change. */
export const prd = () => ({
  "Original Requirements": "A bakery takes orders",
  "Product Goals": ["Less queueing"],
  "User Stories": ["As a customer I order bread", "As a customer I see prices"],
  "Requirement Analysis": "Small.",
  "Requirement Pool": [
    ["P0", "Breads are listed"],
    ["P0", "The total is shown"],
  ],
});

export const design = () => ({
  "UI Design Desc": "One page",
  "Selected Elements": ["home.list", "home.order"],
  "HTML Layout": "",
  "CSS Styles": "",
  "Information Architecture": [
    { screen: "home", parent: null, navigation: "Order" },
    { screen: "thanks", parent: "home", navigation: "" },
  ],
  Screens: [
    {
      id: "home",
      title: "Order bread",
      route: "/",
      purpose: "Choose and order",
      elements: [
        { id: "home.list", role: "list", label: "Breads", traces: ["R1", "S2"] },
        { id: "home.order", role: "button", label: "Order", traces: ["R2", "S1"], leadsTo: "thanks" },
      ],
    },
    {
      id: "thanks",
      title: "Thank you",
      route: "/thanks",
      purpose: "Say when to come",
      elements: [{ id: "thanks.title", role: "heading", label: "Thank you", traces: ["S1"] }],
    },
  ],
  "User Flows": [
    {
      id: "order",
      story: "S1",
      steps: [
        { screen: "home", element: "home.order", action: "press Order", result: "the order is sent" },
        { screen: "thanks", action: "read", result: "knows when to come" },
      ],
    },
    {
      id: "prices",
      story: "S2",
      steps: [{ screen: "home", element: "home.list", action: "look", result: "sees prices" }],
    },
  ],
  "Design Tokens": {
    color: {
      $type: "color",
      background: { $value: "#ffffff" },
      text: { $value: "#222222" },
      brand: { $value: "#7a331a" },
      "on-brand": { $value: "#ffffff" },
    },
    space: { $type: "dimension", small: { $value: { value: 8, unit: "px" } } },
  },
  Components: [
    {
      name: "BreadList",
      purpose: "Lists breads",
      elements: ["home.list"],
      props: [{ name: "breads", type: "Bread[]" }],
      states: ["Default", "Empty"],
      file: "src/BreadList.tsx",
      stories: "src/BreadList.stories.tsx",
    },
    {
      name: "Basket",
      purpose: "What is ordered",
      elements: ["home.order"],
      props: [],
      states: ["Default"],
      file: "src/Basket.tsx",
      stories: "src/Basket.stories.tsx",
      test: "test/basket.test.tsx",
    },
    {
      name: "Thanks",
      purpose: "Says when to come",
      elements: ["thanks.title"],
      props: [],
      states: ["Default"],
      file: "src/Thanks.tsx",
      stories: "src/Thanks.stories.tsx",
    },
  ],
});

export const task = () => ({
  "Required packages": [],
  "Logic Analysis": [["src/main.tsx", "Starts the app"]],
  "Task list": ["src/main.tsx"],
});

/** Hashes that stand for contents. */
export const FILES: Readonly<Record<string, string>> = {
  "src/main.tsx": "a",
  "src/BreadList.tsx": "b",
  "src/BreadList.stories.tsx": "c",
  "src/Basket.tsx": "d",
  "src/Basket.stories.tsx": "e",
  "test/basket.test.tsx": "f",
  "src/tokens.css": "g",
};
