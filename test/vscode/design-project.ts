/** A MetaGPT project as its files, in both dialects: the bakery of examples/design, half built. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { heldFiles } from "../../daemon/metagpt/documents/project-files.ts";
import { readProject } from "../../daemon/metagpt/documents/read-project.ts";
import { keepTrace } from "../../daemon/metagpt/ui/stale.ts";

const ANSWERS = fileURLToPath(new URL("../../examples/design/answers", import.meta.url));
export const STEM = "20261128091500";
/** Designed, and not there yet. */
const NOT_BUILT = ["App.tsx", "main.tsx"];
const TESTED = ["SiteHeader", "BreadCard", "BreadList", "Basket", "PickupForm"];

const answer = (name: string) => JSON.parse(readFileSync(join(ANSWERS, "docs", name), "utf8"));
const testOf = (component: string) => `test/${component}.test.tsx`;

/**
 * Documents as MetaGPT 0.8 keeps them, below `folder`. One of them is broken, and `src/Basket.tsx` has changed since design
 * and code agreed.
 */
export async function classicFiles(folder: string): Promise<Record<string, string>> {
  const files = { ...documents(), ...sources() };
  const bytes = new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]));
  const { documents: read } = await readProject(heldFiles(folder, bytes));
  const hashes = new Map(
    [...bytes].map(([path, content]) => [path, createHash("sha256").update(content).digest("hex")]),
  );
  const trace = keepTrace(STEM, { documents: read, files: hashes });
  const basket = `${files["src/Basket.tsx"] ?? ""}\n// Told in cents since Tuesday.\n`;
  const all = { ...files, [trace.path]: trace.text, "src/Basket.tsx": basket };
  return Object.fromEntries(Object.entries(all).map(([path, text]) => [`${folder}/${path}`, text]));
}

function documents(): Record<string, string> {
  const design = answer("ui-design.json");
  const components = design.Components.map((component: { name: string }) =>
    TESTED.includes(component.name) ? { ...component, test: testOf(component.name) } : component,
  );
  return {
    "docs/requirement.txt": answer("prd.json")["Original Requirements"],
    [`docs/prd/${STEM}.json`]: JSON.stringify(answer("prd.json")),
    [`docs/system_design/${STEM}.json`]: JSON.stringify(answer("system-design.json")),
    [`docs/task/${STEM}.json`]: JSON.stringify(answer("task.json")),
    [`docs/ui_design/${STEM}.json`]: JSON.stringify({ ...design, Components: components }),
    [`docs/code_summary/${STEM}.json`]: '{"design_filename": "docs/system_design/2026',
  };
}

function sources(): Record<string, string> {
  const names = readdirSync(join(ANSWERS, "src")).filter((name) => !NOT_BUILT.includes(name));
  const written = Object.fromEntries(
    names.map((name) => [`src/${name}`, readFileSync(join(ANSWERS, "src", name), "utf8")]),
  );
  const tests = Object.fromEntries(TESTED.map((name) => [testOf(name), `// What ${name} does.\n`]));
  const made = [`docs/system_design/${STEM}.json`, `docs/task/${STEM}.json`];
  const dependencies = {
    [`docs/system_design/${STEM}.json`]: [`docs/prd/${STEM}.json`],
    [`docs/task/${STEM}.json`]: [`docs/system_design/${STEM}.json`],
    ...Object.fromEntries(Object.keys(written).map((path) => [path, made])),
    "test/order.test.ts": ["src/order.ts"],
  };
  const test = readFileSync(join(ANSWERS, "test", "order.test.ts"), "utf8");
  return { ...written, ...tests, "test/order.test.ts": test, ".dependencies.json": JSON.stringify(dependencies) };
}

/** Documents as MetaGPT 1.0 keeps them. */
export function mgxFiles(folder: string): Record<string, string> {
  return {
    [`${folder}/docs/prd.md`]: "# Tide table\n\n## Product Goals\n\n- Sailors know the water before they leave\n",
    [`${folder}/docs/system_design.md`]:
      "# System design\n\nOne page, no server.\n\n```mermaid\nclassDiagram\n    class Harbour {\n        +name: string\n        +tides() Tide[]\n    }\n    Harbour --> Tide\n```\n",
    [`${folder}/docs/system_design-sequence-diagram.mermaid`]:
      "sequenceDiagram\n    Page->>Harbour: tides()\n    Harbour-->>Page: list\n",
  };
}
