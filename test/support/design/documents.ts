/** Documents of a small project, as roles would write them: a greeting page with one module and one component. */

export const PRD = {
  Language: "en_us",
  "Programming Language": "JavaScript",
  "Original Requirements": "what the model makes of it",
  "Project Name": "greeter",
  "Product Goals": ["Greet people by name"],
  "User Stories": ["As a visitor I want to be greeted by my name"],
  "Requirement Analysis": "One function is enough.",
  "Requirement Pool": [
    ["P0", "Greets by name"],
    ["P1", "Greets a stranger"],
  ],
  "UI Design draft": "",
  "Anything UNCLEAR": "",
};

export const SYSTEM_DESIGN = {
  "Implementation approach": "One module without packages.",
  "File list": ["src/name.js", "src/greet.js"],
  "Data structures and interfaces": "classDiagram\n  class Greeter { +greet(name: string) string }",
  "Program call flow": "sequenceDiagram\n  Visitor->>Greeter: greet(name)",
  "Anything UNCLEAR": "",
};

export const UI_DESIGN = {
  "UI Design Desc": "One page.",
  "Selected Elements": ["heading"],
  "HTML Layout": "<main><h1>Hello</h1></main>",
  "CSS Styles": "h1 { color: #111 }",
  "Information Architecture": [{ screen: "home", parent: null, navigation: "Home" }],
  Screens: [
    {
      id: "home",
      title: "Home",
      route: "/",
      purpose: "Greets",
      elements: [{ id: "home.title", role: "heading", label: "Hello", traces: ["R1", "S1"] }],
    },
  ],
  "User Flows": [
    { id: "greet", story: "S1", steps: [{ screen: "home", action: "opens", result: "sees the greeting" }] },
  ],
  "Design Tokens": { color: { text: { $type: "color", $value: "#111111" } } },
  Components: [],
};

export const TASK = {
  "Required packages": [],
  "Required Other language third-party packages": [],
  "Logic Analysis": [
    ["src/name.js", "nameOf(text): trims it"],
    ["src/greet.js", "greet(name); imports src/name.js"],
  ],
  "Task list": ["src/name.js", "src/greet.js"],
  "Full API spec": "",
  "Shared Knowledge": "",
  "Anything UNCLEAR": "",
};

export const CODE: Readonly<Record<string, string>> = {
  "src/name.js": "export const nameOf = (text) => text.trim();\n",
  "src/greet.js":
    'import { nameOf } from "./name.js";\nexport const greet = (name) => "Hello, " + (nameOf(name) || "stranger") + "!";\n',
};

export const TESTS = `import assert from "node:assert";
import test from "node:test";
import { greet } from "../src/greet.js";
test("greets by name", () => assert.equal(greet(" Ann "), "Hello, Ann!"));
test("greets a stranger", () => assert.equal(greet(""), "Hello, stranger!"));
`;

export const MANIFEST = '{ "name": "greeter", "type": "module", "scripts": { "test": "node --test" } }\n';
