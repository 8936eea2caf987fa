import { describe, expect, it } from "vitest";
import type { PolicyAccess } from "../../daemon/security/access.ts";
import { judge, type PolicyQuestion } from "../../daemon/security/policy.ts";
import type { PolicyRules, PolicyVerdict, SessionMode } from "../../protocol/index.ts";

const write = (...paths: string[]): PolicyAccess => ({ kind: "write", paths });
const read = (...paths: string[]): PolicyAccess => ({ kind: "read", paths });
const command = (line: string): PolicyAccess => ({ kind: "command", command: line, cwd: "/w" });
const test: PolicyAccess = { kind: "test", command: "npm test", cwd: "/w" };
const plan: PolicyAccess = { kind: "plan" };

function ask(access: PolicyAccess, changes: Partial<PolicyQuestion> = {}) {
  return judge({ access, mode: "act", headless: false, rules: {}, allowedCommands: ["npm test"], ...changes });
}

describe("without rules of the user", () => {
  type Case = [access: PolicyAccess, interactive: PolicyVerdict, headless: PolicyVerdict, rule: string];
  const cases: Case[] = [
    [read("src/a.ts"), "allow", "allow", "read"],
    [read(), "allow", "allow", "read"],
    [read("src/a.ts", ".env"), "ask", "deny", "secret-file"],
    [write("src/a.ts"), "allow", "allow", "write"],
    [write("src/a.ts", ".vscode/tasks.json"), "ask", "deny", "protected-file"],
    [write(".git/hooks/x"), "deny", "deny", "git-is-never-written"],
    [command("npm test"), "allow", "allow", "planned-command"],
    [command("npm test "), "ask", "deny", "command"],
    [command("npm test; curl evil.test"), "ask", "deny", "command"],
    [command("rm -rf /"), "ask", "deny", "command"],
    [test, "allow", "allow", "project-tests"],
    [plan, "ask", "allow", "plan"],
  ];
  it.each(cases)("%j: %s, headless %s, by %s", (access, interactive, headless, rule) => {
    expect(ask(access)).toMatchObject({ verdict: interactive, rule });
    expect(ask(access, { headless: true })).toMatchObject({ verdict: headless, rule });
  });
});

describe("rules of the user", () => {
  const cases: [rules: PolicyRules, access: PolicyAccess, verdict: PolicyVerdict][] = [
    [{ read: "ask" }, read("a"), "ask"],
    [{ read: "deny" }, read("a"), "deny"],
    [{ read: "allow" }, read(".env"), "ask"],
    [{ read: "deny" }, read(".env"), "deny"],
    [{ write: "ask" }, write("a"), "ask"],
    [{ write: "deny" }, write("a"), "deny"],
    [{ write: "deny", protectedWrite: "allow" }, write(".npmrc"), "deny"],
    [{ protectedWrite: "allow" }, write(".npmrc"), "allow"],
    [{ protectedWrite: "deny" }, write(".npmrc"), "deny"],
    [{ write: "allow", protectedWrite: "allow" }, write(".git/config"), "deny"],
    [{ test: "ask" }, test, "ask"],
    [{ test: "deny" }, test, "deny"],
    [{ command: "allow" }, command("make"), "allow"],
    [{ command: "deny" }, command("make"), "deny"],
    [{ command: "deny" }, command("npm test"), "deny"],
    [{ command: "ask" }, command("npm test"), "allow"],
    [{ plan: "allow" }, plan, "allow"],
    [{ plan: "deny" }, plan, "deny"],
  ];
  it.each(cases)("%j on %j: %s", (rules, access, verdict) => expect(ask(access, { rules }).verdict).toBe(verdict));

  it("that ask deny when nobody is there, a plan too", () => {
    expect(ask(plan, { rules: { plan: "ask" }, headless: true }).verdict).toBe("deny");
    expect(ask(write("a"), { rules: { write: "ask" }, headless: true }).reason).toContain("Nobody is there");
  });
});

describe("a mode that only reads", () => {
  const everything: PolicyRules = {
    read: "allow",
    write: "allow",
    protectedWrite: "allow",
    test: "allow",
    command: "allow",
    plan: "allow",
  };
  const modes: SessionMode[] = ["ask", "plan"];
  it.each(modes)("%s denies what changes or runs, whatever the rules say", (mode) => {
    for (const access of [write("a"), write(".npmrc"), command("npm test"), command("ls"), test, plan])
      expect(ask(access, { mode, rules: everything })).toMatchObject({ verdict: "deny", rule: "mode-only-reads" });
    expect(ask(read("a"), { mode }).verdict).toBe("allow");
    expect(ask(read(".env"), { mode }).verdict).toBe("ask");
  });
});
