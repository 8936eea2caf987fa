import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { checkDesign, screenshotPath } from "../../../daemon/metagpt/ui/check-design.ts";
import { designCheck } from "../../../daemon/metagpt/ui/design-check.ts";
import { writeTrace } from "../../../daemon/metagpt/ui/keep-trace.ts";
import { parseTrace } from "../../../daemon/metagpt/ui/stale.ts";
import type { CheckedPage } from "../../../daemon/tools/checked-page.ts";
import { fieldContext } from "../../tools/fields/field-context.ts";
import { makeFolder } from "../../tools/workspace.ts";
import { design, prd } from "./designs.ts";

const MODULES = fileURLToPath(new URL("../../../node_modules", import.meta.url));
const component = (name: string) => `export function ${name}() { return <b>${name}</b>; }\n`;
const stories = (name: string, ...states: string[]) =>
  `import { ${name} } from "./${name}.tsx";\nexport default { component: ${name} };\n${states.map((state) => `export const ${state} = {};\n`).join("")}`;

const FILES: Readonly<Record<string, string>> = {
  "package.json": '{"dependencies":{"react":"*","react-dom":"*"}}',
  "docs/prd/1.json": JSON.stringify(prd()),
  "docs/ui_design/1.json": JSON.stringify(design()),
  "src/BreadList.tsx": component("BreadList"),
  "src/BreadList.stories.tsx": stories("BreadList", "Default", "Empty"),
  "src/Basket.tsx": component("Basket"),
  "src/Basket.stories.tsx": stories("Basket", "Default"),
  "src/Thanks.tsx": component("Thanks"),
  "src/Thanks.stories.tsx": stories("Thanks", "Default"),
};

function copyOf(change: Readonly<Record<string, string | undefined>> = {}, folder = ""): string {
  const files = Object.entries({ ...FILES, ...change }).flatMap(([path, text]) =>
    text === undefined ? [] : [[`${folder}${path}`, text] as const],
  );
  const root = makeFolder(Object.fromEntries(files));
  symlinkSync(MODULES, join(root, `${folder}node_modules`));
  return root;
}

async function check(root: string, changed?: readonly string[], linked = ["node_modules"]) {
  const options = { root, linked, signal: new AbortController().signal, trusted: false };
  const checked = await checkDesign(changed === undefined ? options : { ...options, changed });
  const findings = checked.findings.map(({ path, message }) => `${path}: ${message}`);
  return { ...checked, findings, targets: checked.pages.map(({ target }) => target) };
}

describe("checkDesign", () => {
  it("has a page for every story, and calls none passed where none may be opened", async () => {
    const { findings, targets, pages, skipped } = await check(copyOf());
    expect(findings).toEqual([]);
    expect(targets).toEqual(["Basket/Default", "BreadList/Default", "BreadList/Empty", "Thanks/Default"]);
    expect(new Set(pages.flatMap(({ checks }) => checks.map(({ outcome }) => outcome)))).toEqual(new Set(["skipped"]));
    expect(skipped).toEqual(["the workspace is not trusted, so no page of it was opened"]);
  });

  it.each<[string, Record<string, string | undefined>, string]>([
    [
      "a component without its file",
      { "src/Basket.tsx": undefined, "src/Basket.stories.tsx": undefined },
      "src/Basket.tsx: the design has the component Basket here, and there is no such file (design/component)",
    ],
    [
      "a component without stories",
      { "src/Basket.stories.tsx": undefined },
      "src/Basket.stories.tsx: Basket needs its stories here, one for each of Default (design/component)",
    ],
    [
      "a state without a story",
      { "src/BreadList.stories.tsx": stories("BreadList", "Default") },
      "src/BreadList.stories.tsx: BreadList has the states Default, Empty; there is no story for Empty (design/component)",
    ],
    [
      "code that cannot be read",
      { "src/Thanks.tsx": "export function Thanks() { return <b>; }" },
      "src/Thanks.tsx: Unexpected",
    ],
  ])("tells %s", async (_name, change, expected) => {
    const { findings } = await check(copyOf(change));
    expect(findings.some((finding) => finding.startsWith(expected))).toBe(true);
  });

  it("looks only at what hangs on the changed files", async () => {
    const root = copyOf({ "src/BreadList.tsx": undefined });
    expect((await check(root, ["src/Basket.tsx"])).targets).toEqual(["Basket/Default"]);
    expect((await check(root, ["src/Basket.tsx"])).findings).toEqual([]);
    expect((await check(root, ["README.md"])).targets).toEqual([]);
  });

  it("finds the design in a folder of the workspace", async () => {
    const { targets, findings } = await check(copyOf({ "src/Thanks.stories.tsx": undefined }, "shop/"), undefined, [
      "shop/node_modules",
    ]);
    expect(targets).toHaveLength(3);
    expect(findings[0]).toContain("shop/src/Thanks.stories.tsx: ");
  });

  it("says that there is no design", async () => {
    expect(await check(makeFolder({ "a.tsx": "" }))).toMatchObject({ hasDesign: false, findings: [], pages: [] });
  });
});

it("tells the run of each page, without files of its own", async () => {
  const shown: CheckedPage[] = [];
  const context = fieldContext(FILES, {
    changed: ["src/Basket.tsx"],
    trusted: false,
    showPage: async (page) => void shown.push(page),
  });
  symlinkSync(MODULES, join(context.root, "node_modules"));
  const result = await designCheck.run({ ...context, linked: ["node_modules"] });
  expect(result).toMatchObject({
    ok: true,
    summary: expect.stringContaining("not looked at: the workspace is not trusted"),
  });
  expect(shown.map(({ target }) => target)).toEqual(["Basket/Default"]);
});

it("keeps what design and code are when they agree, and writes nothing where that is the same", async () => {
  const root = copyOf();
  expect(await writeTrace(root)).toBe("docs/trace/1.json");
  expect(await writeTrace(root)).toBeUndefined();
  const { readFile } = await import("node:fs/promises");
  const kept = parseTrace(await readFile(join(root, "docs/trace/1.json"), "utf8"));
  expect(Object.keys(kept?.parts ?? {})).toEqual(
    expect.arrayContaining(["R1", "S2", "home.order", "Basket", "src/Basket.tsx"]),
  );
});

it.each([
  ["/", 360, "docs/ui_design/screenshots/app-360.png"],
  ["PriceTag/Default", 1280, "docs/ui_design/screenshots/PriceTag-Default-1280.png"],
  ["../../x", 360, "docs/ui_design/screenshots/x-360.png"],
])("keeps the picture of %s at %d pixels in %s", (target, width, path) => {
  expect(screenshotPath(target, width)).toBe(path);
});
