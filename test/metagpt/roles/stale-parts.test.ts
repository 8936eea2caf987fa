import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compileSop } from "../../../daemon/metagpt/roles/compile.ts";
import { ROLES } from "../../../daemon/metagpt/roles/roles.ts";
import { staleDocuments } from "../../../daemon/metagpt/roles/stale-documents.ts";
import { writeTrace } from "../../../daemon/metagpt/ui/keep-trace.ts";
import type { ToolContext } from "../../../daemon/tools/tool.ts";
import { PRD, TASK, UI_DESIGN } from "../../support/design/documents.ts";
import { STEM } from "../../support/design/run.ts";
import { writeFiles } from "../../support/folder.ts";

const FILE = "src/Greeting.jsx";
const COMPONENT = {
  ...{ name: "Greeting", purpose: "Greets", elements: ["home.title"], props: [], states: ["Default"] },
  ...{ file: FILE, stories: "src/Greeting.stories.jsx" },
};
const DESIGN = { ...UI_DESIGN, Components: [COMPONENT] };
const DESIGN_PATH = `docs/ui_design/${STEM}.json`;
let root: string;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "nexus-stale-"));
  writeFiles(root, {
    [`docs/prd/${STEM}.json`]: JSON.stringify(PRD),
    [`docs/task/${STEM}.json`]: JSON.stringify(TASK),
    [DESIGN_PATH]: JSON.stringify(DESIGN),
    [FILE]: "export const Greeting = () => <h1>Hello</h1>;\n",
  });
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

async function look() {
  const noted: { subject: string; because: string }[] = [];
  const context = {
    root,
    noteStale: async (parts: typeof noted) => void noted.push(...parts),
  } as unknown as ToolContext;
  const outcome = await staleDocuments({ stale: async () => [] }).execute({ of: "code" }, context);
  if (!outcome.ok) throw new Error(outcome.error.message);
  return {
    ...(JSON.parse(outcome.output) as { isStale: boolean; design: boolean; files: string[]; report: string }),
    noted,
  };
}

describe("a design and its code", () => {
  it("are not compared before they were once found to agree", async () => {
    expect(await look()).toMatchObject({ isStale: false, design: false, files: [], noted: [] });
  });

  it("call for the designer when a component is changed and the design is not", async () => {
    await writeTrace(root);
    expect(await look()).toMatchObject({ isStale: false });
    writeFileSync(join(root, FILE), "export const Greeting = () => <h1>Good day</h1>;\n");
    const seen = await look();
    expect(seen).toMatchObject({ isStale: true, design: true });
    expect(seen.noted.map(({ subject }) => subject)).toContain("home.title");
    expect(seen.report).toContain(FILE);
  });

  it("call for the engineer when the design is changed and the component is not", async () => {
    await writeTrace(root);
    const changed = JSON.stringify(DESIGN).replace('"label":"Hello"', '"label":"Good day"');
    expect(changed).not.toBe(JSON.stringify(DESIGN));
    writeFileSync(join(root, DESIGN_PATH), changed);
    expect(await look()).toMatchObject({ isStale: true, design: false, files: [FILE] });
  });
});

it("is a part of the procedure where there is a design to agree with", () => {
  const text = (incremental: boolean, roles = ROLES) => compileSop(roles, { stem: STEM, incremental }).text;
  expect(text(true)).toContain("agree-design");
  expect(text(false)).not.toContain("agree-look");
  expect(
    text(
      true,
      ROLES.filter(({ name }) => name !== "designer"),
    ),
  ).not.toContain("agree-look");
});
