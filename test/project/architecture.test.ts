import { expect, it } from "vitest";
import { architectureProblems, type Rules } from "./architecture.ts";

const RULES: Rules = {
  programs: { protocol: [], daemon: ["protocol"], webview: ["protocol"] },
  bands: [
    ["daemon/main", "daemon/cli"],
    ["daemon/mind", "daemon/agents"],
    ["daemon/store", "daemon/models"],
    ["daemon/host"],
  ],
  arrows: { "daemon/mind": ["daemon/agents"] },
  exceptions: [{ from: "daemon/models", to: "daemon/cli/choice.ts", typeOnly: true, reason: "a shape" }],
  packages: { zod: ["protocol", "daemon"], engine: ["daemon/mind/engine.ts"] },
  pureModules: ["path"],
  machineModules: { sqlite: ["daemon/store"], "*": ["daemon/host"] },
  browserPlaces: ["protocol", "webview"],
  globals: [
    { name: "the clock", pattern: /\bDate\.now\b/, within: ["daemon"], except: ["daemon/host"] },
    { name: "process.exit", pattern: /\bprocess\.exit\b/, within: ["daemon"], except: ["daemon/main"] },
  ],
  forbiddenNames: ["utils"],
  maxLines: 3,
  longFiles: { "daemon/host/table.ts": "one table" },
};

/** Files that the imports below point to. */
const GROUND = {
  "protocol/a.ts": "",
  "daemon/main.ts": "",
  "daemon/cli/choice.ts": "",
  "daemon/mind/a.ts": "",
  "daemon/agents/a.ts": "",
  "daemon/store/a.ts": "",
  "daemon/host/a.ts": "",
};

const check = (files: Record<string, string>) =>
  architectureProblems(new Map(Object.entries({ ...GROUND, ...files })), RULES);

const allowed: [name: string, files: Record<string, string>][] = [
  ["a band below", { "daemon/cli/a.ts": `import "../mind/a.ts"; import "../host/a.ts";` }],
  ["an arrow", { "daemon/mind/b.ts": `import "../agents/a.ts";` }],
  ["its own folder", { "daemon/store/b.ts": `import "./a.ts";` }],
  [
    "the contract",
    { "webview/a.ts": `import "../protocol/a.ts";`, "daemon/host/b.ts": `import "../../protocol/a.ts";` },
  ],
  ["a place that is still one file", { "daemon/agents.ts": `import "./store/a.ts";` }],
  ["a package in its one file", { "daemon/mind/engine.ts": `import "engine"; import "zod/mini";` }],
  ["an excepted type", { "daemon/models/a.ts": `import type { A } from "../cli/choice.ts";` }],
  ["modules in their places", { "daemon/store/b.ts": `import "node:sqlite"; import "node:path";` }],
  ["the machine in the host", { "daemon/host/b.ts": `import "node:fs/promises"; Date.now();` }],
  ["an exit in main", { "daemon/main.ts": "process.exit(1)" }],
  ["a long file with a reason", { "daemon/host/table.ts": "1\n2\n3\n4\n" }],
  ["three lines", { "daemon/host/b.ts": "1\n2\n3\n" }],
];

it.each(allowed)("allows %s", (_name, files) => expect(check(files)).toEqual([]));

const forbidden: [name: string, files: Record<string, string>, expected: RegExp][] = [
  [
    "a band above",
    { "daemon/store/b.ts": `\nimport { a } from "../mind/a.ts";` },
    /^daemon\/store\/b\.ts:2: imports daemon\/mind\/a\.ts; daemon\/store may import only daemon\/host, protocol$/,
  ],
  [
    "a sibling without an arrow",
    { "daemon/agents/b.ts": `import "../mind/a.ts";` },
    /agents may import only daemon\/store/,
  ],
  [
    "a type from above",
    { "daemon/store/b.ts": `import type { A } from "../mind/a.ts";` },
    /imports daemon\/mind\/a\.ts/,
  ],
  [
    "a dynamic import from above",
    { "daemon/store/b.ts": `await import("../mind/a.ts");` },
    /imports daemon\/mind\/a\.ts/,
  ],
  ["a value where a type is excepted", { "daemon/models/a.ts": `import "../cli/choice.ts";` }, /imports daemon\/cli/],
  ["another program", { "webview/a.ts": `import "../daemon/host/a.ts";` }, /webview may import only protocol/],
  [
    "anything from the contract",
    { "protocol/b.ts": `import "../daemon/host/a.ts";` },
    /protocol may import nothing else/,
  ],
  ["a file that no rule covers", { "daemon/extra/a.ts": "" }, /^daemon\/extra\/a\.ts: no rule covers/],
  ["a place that only begins alike", { "daemon/mindful/a.ts": "" }, /^daemon\/mindful\/a\.ts: no rule covers/],
  ["a missing file", { "daemon/cli/a.ts": `import "./gone.ts";` }, /imports \.\/gone\.ts, which is not a source file/],
  ["a computed import", { "daemon/cli/a.ts": "import(`${a}`);" }, /imports a computed name/],
  [
    "a package elsewhere",
    { "daemon/mind/a.ts": `import "engine/sub";` },
    /package engine, allowed only in daemon\/mind\/engine\.ts/,
  ],
  [
    "an unknown package",
    { "daemon/cli/a.ts": `import "@scope/left/pad";` },
    /package @scope\/left, for which there is no rule/,
  ],
  [
    "files outside the host",
    { "daemon/cli/a.ts": `import "node:fs/promises";` },
    /node:fs\/promises; allowed only in daemon\/host/,
  ],
  [
    "a database outside the store",
    { "daemon/host/b.ts": `import "node:sqlite";` },
    /node:sqlite; allowed only in daemon\/store/,
  ],
  ["Node in a browser", { "webview/a.ts": `import "node:path";` }, /node:path; this code also runs in a browser/],
  [
    "the clock outside the host",
    { "daemon/mind/a.ts": "\nDate.now()" },
    /^daemon\/mind\/a\.ts:2: uses the clock, allowed only in daemon\/host$/,
  ],
  ["an exit outside main", { "daemon/cli/a.ts": "process.exit(1)" }, /process\.exit, allowed only in daemon\/main/],
  ["a name without meaning", { "daemon/host/utils.ts": "" }, /"utils" says nothing/],
  ["a folder without meaning", { "daemon/host/utils/a.ts": "" }, /"utils" says nothing/],
  ["a long file", { "daemon/host/b.ts": "1\n2\n3\n4\n" }, /4 lines; at most 3/],
  [
    "a cycle",
    {
      "daemon/mind/a.ts": `import "./b.ts";`,
      "daemon/mind/b.ts": `import type { C } from "./c.ts";`,
      "daemon/mind/c.ts": `import "./a.ts";`,
    },
    /^import cycle: daemon\/mind\/a\.ts → daemon\/mind\/b\.ts → daemon\/mind\/c\.ts → daemon\/mind\/a\.ts$/,
  ],
];

it.each(forbidden)("forbids %s", (_name, files, expected) => {
  const problems = check(files);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(expected);
});
