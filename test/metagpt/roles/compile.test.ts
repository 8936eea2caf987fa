import { describe, expect, it } from "vitest";
import type { Agent } from "../../../daemon/agents/agent.ts";
import { readAgentFile } from "../../../daemon/agents/agent-file.ts";
import { compileSop } from "../../../daemon/metagpt/roles/compile.ts";
import { asRole, type Role } from "../../../daemon/metagpt/roles/role.ts";
import { ROLES } from "../../../daemon/metagpt/roles/roles.ts";
import { needsOf } from "../../../daemon/orchestration/workflows/definition.ts";
import { parseWorkflow } from "../../../daemon/orchestration/workflows/parse.ts";

const STEM = "20261128051500";
const NEW = { stem: STEM, incremental: false };

function role(name: string, watches: string[], produces: string[]): Role {
  const [first] = ROLES as [Role];
  return { ...first, name, title: name, watches, produces };
}

function parsed(text: string) {
  const result = parseWorkflow(text);
  if (!result.ok) throw new Error(JSON.stringify(result.problems, null, 1));
  return result.workflow;
}

describe("the procedure of the built-in roles", () => {
  it("is a workflow without problems, in the order of the subscriptions", () => {
    const { text } = compileSop(ROLES, NEW);
    const { steps } = parsed(text);
    expect(steps.map(({ id }) => id)).toEqual([
      "requirement",
      "documents",
      "files",
      "code",
      "pages",
      "code_summary",
      "tests",
    ]);
    const documents = steps[1]?.loop?.steps ?? [];
    const order = Object.fromEntries(documents.map(({ id }, index) => [id, needsOf(documents, index)]));
    expect(order).toEqual({
      prd: [],
      system_design: ["prd"],
      ui_design: ["prd"],
      task: ["system_design", "ui_design"],
      stale: ["prd", "system_design", "ui_design", "task"],
    });
  });

  it("does not depend on the order in which the roles are given", () => {
    const ids = (roles: readonly Role[]) =>
      parsed(compileSop(roles, NEW).text).steps[1]?.loop?.steps.map(({ id }) => id);
    expect(ids(ROLES.toReversed())?.toSorted()).toEqual(ids(ROLES)?.toSorted());
    expect(ids(ROLES.toReversed())?.indexOf("prd")).toBe(0);
  });

  it("refines what is there when it changes a project, with a plan of the change before the code", () => {
    const { text } = compileSop(ROLES, { stem: STEM, incremental: true });
    expect(parsed(text).steps[1]?.loop?.steps.map(({ id }) => id)).toContain("code_plan_and_change");
    expect(text).toContain("“refined_prd”");
  });

  it("does with fewer roles what these can do", () => {
    const some = ROLES.filter(({ name }) => ["product-manager", "architect", "project-manager"].includes(name));
    expect(parsed(compileSop(some, NEW).text).steps.map(({ id }) => id)).toEqual(["requirement", "documents"]);
    const late = ROLES.filter(({ name }) => ["engineer", "qa-engineer"].includes(name));
    expect(() => compileSop(late, NEW)).toThrow(/watches “task”, which no role makes/);
    expect(() => compileSop(late, { ...NEW, given: ["task"] })).not.toThrow();
  });
});

describe("roles that people write", () => {
  it("find their place, and hear what others say", () => {
    const lawyer = role("lawyer", ["prd"], ["legal-notes"]);
    const architect: Role = { ...(ROLES[1] as Role), watches: ["prd", "legal-notes"] };
    const roles = [...ROLES.filter(({ name }) => name !== "architect"), architect, lawyer];
    const { text } = compileSop(roles, NEW);
    const steps = parsed(text).steps[1]?.loop?.steps ?? [];
    expect(steps.find(({ id }) => id === "system_design")?.needs).toEqual(["prd", "legal-notes"]);
    expect(text).toContain('steps["legal-notes"].output.text');
  });

  it("may be agent files, and have the tools for documents then", () => {
    const text =
      "---\nname: lawyer\npurpose: Says what the law asks.\nwatches: prd\nproduces: legal-notes\nreadOnly: true\n---\nRead the PRD.\n";
    const source = { kind: "user", path: "/agents/lawyer.md", hash: "" } as const;
    const read = readAgentFile({ text, stem: "lawyer", source }, { tools: new Map(), checks: [], agents: [] });
    const lawyer = read.ok ? asRole(read.agent) : undefined;
    expect(lawyer).toMatchObject({ watches: ["prd"], produces: ["legal-notes"], readOnly: true });
    expect(lawyer?.tools).toContain("read_document");
    expect(lawyer?.tools).not.toContain("write_document");
    expect(compileSop([...ROLES, lawyer as Role], NEW).text).toContain("agent: lawyer");
  });

  it.each([
    [[role("a", ["requirement", "y"], ["x"]), role("b", ["x"], ["y"])], /wait for each other: .*x.*y/],
    [[role("a", ["requirement"], ["prd"]), role("b", ["requirement"], ["prd"])], /“a” and “b” all make “prd”/],
    [[role("a", [], ["prd"])], /watches nothing/],
    [[role("a", ["requirement"], [])], /makes nothing/],
    [[role("a", ["nowhere"], ["prd"])], /“a” watches “nowhere”, which no role makes \(they make prd\)/],
    [[], /There is no role/],
  ] as [Role[], RegExp][])("that cannot work together are told why (%#)", (roles, why) => {
    expect(() => compileSop(roles, NEW)).toThrow(why);
  });
});

it("names no tool that its roles do not have", () => {
  const { workflow } = compileSop(ROLES, NEW);
  const agents = JSON.stringify(workflow).match(/"agent":"[a-z-]+"/g) ?? [];
  expect(new Set(agents).size).toBe(6);
  expect(ROLES.map((one: Agent) => one.name).sort()).toEqual(
    [...new Set(agents.map((text) => text.slice(9, -1)))].sort(),
  );
});
