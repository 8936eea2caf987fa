import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  inWords,
  narrow,
  type Permissions,
  permissionsOf,
  plannedPath,
} from "../../../daemon/security/policy/permissions.ts";
import type { Plan } from "../../../protocol/index.ts";
import { policyOf } from "./setting.ts";

const task = { title: "t", goal: "g", agent: "coder", dependsOn: [] };
const plan: Plan = {
  summary: "s",
  tasks: [
    { ...task, id: "a", files: ["src/a.ts", "./src/b.ts"], acceptance: { command: "npm test", expect: "pass" } },
    { ...task, id: "b", files: ["docs/**", "src/a.ts"], acceptance: null },
  ],
};
const permissions = permissionsOf(plan, { testCommand: "npm test", budgetUsd: 2 });

it("are the plan's files and checks, the project's tests and the budget", () => {
  expect(permissions).toEqual({
    paths: ["src/a.ts", "src/b.ts", "docs/**"],
    commands: ["npm test"],
    hosts: [],
    budgetUsd: 2,
  });
  expect(permissionsOf(plan, { testCommand: "make check", budgetUsd: null })).toMatchObject({
    commands: ["npm test", "make check"],
    budgetUsd: null,
  });
});

it("are said in words", () => {
  expect(inWords(permissions)).toEqual([
    "Change src/a.ts, src/b.ts, docs/**.",
    "Run `npm test`.",
    "Reach no host of the network without asking.",
    "Spend at most 2.00 USD.",
    "Anything protected, outside of the copy or destructive is asked about each time.",
  ]);
  const many = Array.from({ length: 20 }, (_, index) => `f${index}`);
  expect(inWords({ paths: many, commands: [], hosts: ["example.org"], budgetUsd: null })).toEqual([
    expect.stringContaining("f11 and 8 more."),
    "Run no command without asking.",
    "Reach example.org.",
    "Spend without a limit of its own.",
    expect.any(String),
  ]);
  expect(inWords({ ...permissions, paths: [] })[0]).toContain("names no files");
});

describe("a policy under a plan", () => {
  const judged = async (path: string, planStrict: boolean) =>
    (await policyOf({ permissions, tiers: { user: { planStrict } } }).judge({ kind: "write", paths: [path] })).verdict;

  it("lets files be written that the plan does not name, unless it is strict", async () => {
    for (const path of ["src/a.ts", "docs/x/y.md"]) {
      expect(await judged(path, false)).toBe("allow");
      expect(await judged(path, true)).toBe("allow");
    }
    expect(await judged("src/c.ts", false)).toBe("allow");
    expect(await judged("src/c.ts", true)).toBe("ask");
    expect(await judged(".npmrc", true)).toBe("ask");
  });

  it("runs its checks word for word, and no more", async () => {
    const run = async (command: string) =>
      (await policyOf({ permissions }).judge({ kind: "command", command, cwd: "/w/copy" })).verdict;
    expect(await run("npm test")).toBe("allow");
    expect(await run("npm test --x")).toBe("ask");
  });

  it("never opens what is protected, even where the plan names it", async () => {
    const bold = { ...permissions, paths: ["**", ".npmrc"] };
    expect((await policyOf({ permissions: bold }).judge({ kind: "write", paths: [".npmrc"] })).verdict).toBe("ask");
  });
});

describe("what a child gets", () => {
  const path = fc.constantFrom(
    "src/a.ts",
    "src/b.ts",
    "src/**",
    "src/*",
    "**",
    "docs/x.md",
    "docs/**",
    "{src,docs}/a.ts",
  );
  const anyPermissions: fc.Arbitrary<Permissions> = fc.record({
    paths: fc.uniqueArray(path),
    commands: fc.uniqueArray(fc.constantFrom("npm test", "npm run build", "make")),
    hosts: fc.uniqueArray(fc.constantFrom("example.org", "example.com")),
    budgetUsd: fc.option(fc.integer({ min: 0, max: 9 }), { nil: null }),
  });
  const files = ["src/a.ts", "src/b.ts", "src/deep/c.ts", "docs/x.md", "docs/a.ts", "other"];

  it("is never more than its parent has, nor more than it asks for", () => {
    fc.assert(
      fc.property(anyPermissions, anyPermissions, (parent, child) => {
        const got = narrow(parent, child);
        for (const whole of [parent, child]) {
          for (const file of files) if (plannedPath(got, file)) expect(plannedPath(whole, file)).toBe(true);
          expect(whole.commands).toEqual(expect.arrayContaining([...got.commands]));
          expect(whole.hosts).toEqual(expect.arrayContaining([...got.hosts]));
          if (whole.budgetUsd !== null)
            expect(got.budgetUsd ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(whole.budgetUsd);
        }
        expect(narrow(parent, got)).toEqual(got);
      }),
    );
  });

  it("is all it asks for where its parent has it", () => {
    const child = { paths: ["src/a.ts", "docs/**"], commands: ["npm test"], hosts: [], budgetUsd: 1 };
    expect(narrow({ paths: ["src/*", "docs/**"], commands: ["npm test"], hosts: [], budgetUsd: 2 }, child)).toEqual(
      child,
    );
  });
});
