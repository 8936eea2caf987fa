import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type ProcedureWish, procedureOf } from "../../../daemon/metagpt/roles/procedure.ts";
import { ROLES } from "../../../daemon/metagpt/roles/roles.ts";
import { PRD, TASK } from "../../support/design/documents.ts";
import { writeFiles } from "../../support/folder.ts";

const NOW = "2026-11-28T05:15:00.000Z";
let workspace: string;

beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), "nexus-procedure-"));
});
afterEach(() => rmSync(workspace, { recursive: true, force: true }));

const made = (wish: Partial<ProcedureWish> = {}) =>
  procedureOf({ workspace, idea: "Greet people.", ...wish }, { agents: [], now: NOW });

it("begins a new project under the time at which it begins", async () => {
  const { stem, incremental, workflow, roles } = await made();
  expect({ stem, incremental }).toEqual({ stem: "20261128051500", incremental: false });
  expect(workflow.inputs).toEqual({ idea: "Greet people.", stem, incremental });
  expect(roles.map(({ name }) => name)).toEqual(ROLES.map(({ name }) => name));
});

it("refines the latest documents where there are some, unless it is told otherwise", async () => {
  writeFiles(workspace, { "docs/prd/20250101000000.json": JSON.stringify(PRD), "docs/prd/20240101000000.json": "{}" });
  expect(await made()).toMatchObject({ stem: "20250101000000", incremental: true });
  expect(await made({ incremental: false })).toMatchObject({ stem: "20261128051500", incremental: false });
});

it("lets roles begin with what is there, and says what is missing or unknown", async () => {
  await expect(made({ roles: ["engineer"] })).rejects.toMatchObject({ value: { code: "workflow.invalid" } });
  writeFiles(workspace, {
    "docs/prd/20250101000000.json": JSON.stringify(PRD),
    "docs/task/20250101000000.json": JSON.stringify(TASK),
  });
  expect((await made({ roles: ["engineer"] })).roles.map(({ name }) => name)).toEqual(["engineer"]);
  await expect(made({ roles: ["engineer", "poet"] })).rejects.toThrow(/no role poet/);
});

it("lets a role that somebody wrote take the place of a built-in one", async () => {
  const [first] = ROLES;
  const own = { ...first, watches: ["requirement"], produces: ["prd"], purpose: "Ours." } as (typeof ROLES)[number];
  const { roles } = await procedureOf({ workspace, idea: "x" }, { agents: [own], now: NOW });
  expect(roles.filter(({ name }) => name === "product-manager")).toHaveLength(1);
});
