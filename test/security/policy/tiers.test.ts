import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PolicyAccess } from "../../../daemon/security/access.ts";
import { isStricter } from "../../../daemon/security/policy/decide.ts";
import { parseRule } from "../../../daemon/security/policy/rule-text.ts";
import type { PolicySetting } from "../../../daemon/security/policy/setting.ts";
import { TIER_NAMES, type TierName, type Tiers, tightening } from "../../../daemon/security/policy/tiers.ts";
import type { PolicyRule, PolicyRules, PolicyVerdict } from "../../../protocol/index.ts";
import { policyOf } from "./setting.ts";

function rule(text: string): PolicyRule {
  const parsed = parseRule(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
}

const rules = (...texts: string[]): PolicyRules => ({ rules: texts.map(rule) });
const write = (...paths: string[]): PolicyAccess => ({ kind: "write", paths });
const read = (...paths: string[]): PolicyAccess => ({ kind: "read", paths });
const command = (line: string): PolicyAccess => ({ kind: "command", command: line, cwd: "/w/copy" });
const network = (url: string): PolicyAccess => ({ kind: "network", url });
const foreign: PolicyAccess = { kind: "foreign", source: "mcp", name: "files/read", input: "{}", claimsReadOnly: true };
const test: PolicyAccess = { kind: "test", command: "npm test", cwd: "/w/copy" };
const plan: PolicyAccess = { kind: "plan" };

describe("verdicts by kind, of the user", () => {
  const cases: [rules: PolicyRules, access: PolicyAccess, verdict: PolicyVerdict][] = [
    [{ read: "ask" }, read("a"), "ask"],
    [{ read: "deny" }, read("a"), "deny"],
    [{ read: "deny" }, command("look <a"), "deny"],
    [{ read: "allow" }, read(".env"), "ask"],
    [{ read: "deny" }, read(".env"), "deny"],
    [{ write: "ask" }, write("a"), "ask"],
    [{ write: "ask" }, command("change >a"), "ask"],
    [{ write: "deny" }, write("a"), "deny"],
    [{ write: "deny", protectedWrite: "allow" }, write(".npmrc"), "deny"],
    [{ protectedWrite: "allow" }, write(".npmrc"), "allow"],
    [{ protectedWrite: "deny" }, write(".npmrc"), "deny"],
    [{ write: "allow", protectedWrite: "allow" }, write(".git/config"), "deny"],
    [{ write: "allow" }, write(".npmrc"), "ask"],
    [{ test: "ask" }, test, "ask"],
    [{ test: "deny" }, test, "deny"],
    [{ command: "allow" }, command("npm run x"), "allow"],
    [{ command: "allow" }, command("curl x"), "allow"],
    [{ command: "allow" }, command("node -e 1; ?"), "allow"],
    [{ command: "allow" }, command("wipe >dist"), "ask"],
    [{ command: "allow" }, command("tunnel"), "deny"],
    [{ command: "allow" }, command("npm x >.npmrc"), "ask"],
    [{ command: "allow" }, command("npm x >/etc/x"), "deny"],
    [{ command: "deny" }, command("look"), "deny"],
    [{ command: "deny" }, command("npm test"), "deny"],
    [{ command: "ask" }, command("npm test"), "allow"],
    [{ command: "ask" }, command("look"), "ask"],
    [{ plan: "allow" }, plan, "allow"],
    [{ plan: "deny" }, plan, "deny"],
  ];
  it.each(cases)("%j on %j: %s", async (user, access, verdict) => {
    const policy = policyOf({ tiers: { user }, agreedCommands: ["npm test"] });
    expect((await policy.judge(access)).verdict).toBe(verdict);
  });

  it("that ask deny when nobody is there, a plan too", async () => {
    for (const [user, access] of [
      [{ plan: "ask" }, plan],
      [{ write: "ask" }, write("a")],
    ] satisfies [PolicyRules, PolicyAccess][])
      expect((await policyOf({ tiers: { user }, headless: true }).judge(access)).verdict).toBe("deny");
  });
});

describe("single rules, of the user", () => {
  type Row = [rules: PolicyRules, access: PolicyAccess, sandboxed: PolicyVerdict, without: PolicyVerdict];
  const cases: Row[] = [
    [rules("command npm run build"), command("npm run build"), "allow", "allow"],
    [rules("command npm run build"), command("npm run build --x"), "ask", "ask"],
    [rules("command npm run build *"), command("npm run build --x"), "allow", "ask"],
    [rules("command npm * build"), command("npm run build"), "allow", "ask"],
    [rules("command npm run build"), command("npm run $x"), "ask", "ask"],
    [rules("command npm run *"), command("npm run $x"), "allow", "ask"],
    [rules("command npm *"), command("./npm run x"), "ask", "ask"],
    [rules("command npm run build"), command("npm run build; curl x"), "ask", "ask"],
    [rules("command npm run build"), command("npm run build; ?"), "ask", "ask"],
    [rules("command npm run build"), command("npm run build @/w"), "ask", "ask"],
    [rules("command npm run build"), command("npm run build >.npmrc"), "ask", "ask"],
    [rules("command npm run build", "write .npmrc"), command("npm run build >.npmrc"), "allow", "allow"],
    [rules("command npm run build"), command("npm run build >/tmp/x"), "deny", "deny"],
    [rules("command node -e 1"), command("node -e 1"), "allow", "allow"],
    [rules("command node *"), command("node -e 1"), "ask", "ask"],
    [rules("command wipe"), command("wipe"), "ask", "ask"],
    [rules("command tunnel"), command("tunnel"), "deny", "deny"],
    [rules("command curl *"), command("curl x"), "allow", "ask"],
    [rules("deny command curl *"), command("curl x"), "deny", "deny"],
    [rules("deny command curl *"), command("/usr/bin/curl x"), "deny", "deny"],
    [rules("deny command curl *"), command("CURL.EXE x"), "deny", "deny"],
    [rules("deny command npm publish *"), command("npm $x"), "deny", "deny"],
    [rules("deny command look *"), command("look <a"), "deny", "deny"],
    [rules("ask command look *", "allow command look *"), command("look <a"), "ask", "ask"],
    [rules("deny command npm *", "allow command npm test"), command("npm test"), "deny", "deny"],
    [rules("write .npmrc"), write(".npmrc"), "allow", "allow"],
    [rules("write **"), write(".npmrc"), "ask", "ask"],
    [rules("write .np*"), write(".npmrc"), "ask", "ask"],
    [rules("write .npmrc"), write("sub/.npmrc"), "ask", "ask"],
    [rules("write .git/config"), write(".git/config"), "deny", "deny"],
    [rules("deny write docs/**"), write("docs/a.md"), "deny", "deny"],
    [rules("deny write docs/**"), write("DOCS/a.md"), "deny", "deny"],
    [rules("deny write docs/**"), write("src/a.md"), "allow", "allow"],
    [rules("deny write docs/**"), read("docs/a.md"), "allow", "allow"],
    [rules("deny write docs/**"), command("change >docs/a.md"), "deny", "deny"],
    [rules("read .env"), read(".env"), "allow", "allow"],
    [rules("read **"), read(".env"), "ask", "ask"],
    [rules("read /usr/include/**"), command("look </usr/include/a.h"), "allow", "allow"],
    [rules("read /**"), command("look </etc/shadow"), "deny", "deny"],
    [rules("read /home/me/.ssh/id_rsa"), command("look </home/me/.ssh/id_rsa"), "deny", "deny"],
    [rules("network example.org"), network("https://example.org/x"), "allow", "allow"],
    [rules("network example.org"), network("https://example.org.evil.test/"), "ask", "ask"],
    [rules("network example.org"), network("https://example.org@evil.test/"), "ask", "ask"],
    [rules("network example.org"), network("https://docs.example.org/"), "ask", "ask"],
    [rules("network example.org"), network("https://example.org:8443/"), "ask", "ask"],
    [rules("deny network example.org"), network("https://EXAMPLE.org:8443/"), "deny", "deny"],
    [rules("deny network example.org"), network("https://example.org./"), "deny", "deny"],
    [rules("foreign files/read"), foreign, "allow", "allow"],
    [rules("foreign files/readx"), foreign, "ask", "ask"],
    [{ write: "ask", rules: [rule("write docs/**")] }, write("docs/a"), "allow", "allow"],
    [{ write: "ask", rules: [rule("write docs/**")] }, write("src/a"), "ask", "ask"],
    [{ write: "deny", rules: [rule("write docs/**")] }, write("docs/a"), "deny", "deny"],
  ];
  it.each(cases)("%j on %j: %s, without a sandbox %s", async (user, access, sandboxed, without) => {
    expect((await policyOf({ tiers: { user } }).judge(access)).verdict).toBe(sandboxed);
    expect((await policyOf({ tiers: { user }, sandboxed: false }).judge(access)).verdict).toBe(without);
  });

  it("decide by their text, after their tier", async () => {
    const tiers = { user: rules("command npm test"), run: rules("deny command curl *") };
    expect((await policyOf({ tiers }).judge(command("npm test"))).rule).toBe("user/allow command npm test");
    expect((await policyOf({ tiers }).judge(command("curl x"))).rule).toBe("run/deny command curl *");
    expect((await policyOf({ tiers: { organisation: { write: "deny" } } }).judge(write("a"))).rule).toBe(
      "organisation/write: deny",
    );
  });

  it("cannot allow anything in a workspace that is not trusted", async () => {
    const tiers = { user: rules("command npm test", "command curl *", "network example.org", "write .npmrc") };
    for (const access of [command("npm test"), command("curl x"), network("https://example.org"), write(".npmrc")])
      expect((await policyOf({ tiers, trusted: false }).judge(access)).verdict).not.toBe("allow");
  });
});

describe("tiers", () => {
  const cases: [tiers: Tiers, access: PolicyAccess, verdict: PolicyVerdict][] = [
    [{ organisation: rules("deny command curl *"), user: rules("command curl *") }, command("curl x"), "deny"],
    [{ organisation: rules("ask command curl *"), user: rules("command curl *") }, command("curl x"), "ask"],
    [{ organisation: rules("command curl *"), user: rules("deny command curl *") }, command("curl x"), "deny"],
    [{ organisation: rules("command curl *") }, command("curl x"), "allow"],
    [{ organisation: { write: "ask" }, user: rules("write docs/**") }, write("docs/a"), "ask"],
    [{ organisation: { write: "ask", rules: [rule("write docs/**")] } }, write("docs/a"), "allow"],
    [{ organisation: { command: "ask" }, user: { command: "allow" } }, command("npm x"), "ask"],
    [{ user: { command: "ask" }, run: { command: "allow" } }, command("npm x"), "ask"],
    [{ user: rules("command npm x"), run: { command: "ask" } }, command("npm x"), "allow"],
    [{ user: { command: "ask" }, run: rules("command npm x") }, command("npm x"), "ask"],
    [{ user: rules("command npm x"), run: rules("ask command npm x") }, command("npm x"), "ask"],
    [{ run: rules("command npm x") }, command("npm x"), "allow"],
    [{ workspace: rules("command npm x") }, command("npm x"), "ask"],
    [{ workspace: { command: "allow", protectedWrite: "allow" } }, write(".npmrc"), "ask"],
    [{ workspace: rules("deny command npm *"), user: rules("command npm x") }, command("npm x"), "deny"],
    [{ workspace: { write: "deny" } }, write("a"), "deny"],
  ];
  it.each(cases)("%j on %j: %s", async (tiers, access, verdict) => {
    expect((await policyOf({ tiers }).judge(access)).verdict).toBe(verdict);
  });

  it("of a workspace count only when it is trusted", async () => {
    const tiers: Tiers = { workspace: { write: "deny" } };
    expect((await policyOf({ tiers, trusted: false }).judge(write("a"))).verdict).toBe("allow");
  });

  it("of the organisation are not lifted by an approved plan", async () => {
    const permissions = { paths: [], commands: ["npm x"], hosts: [], budgetUsd: null };
    const judged = (tiers: Tiers) => policyOf({ tiers, permissions }).judge(command("npm x"));
    expect((await judged({})).verdict).toBe("allow");
    expect((await judged({ user: { command: "ask" } })).verdict).toBe("allow");
    expect((await judged({ organisation: { command: "ask" } })).verdict).toBe("ask");
  });

  it("say what of a workspace does not count", () => {
    const { rules: kept, ignored } = tightening({
      read: "allow",
      write: "ask",
      planStrict: true,
      rules: [rule("command npm test"), rule("deny network example.org")],
    });
    expect(ignored).toEqual(["read: allow", "allow command npm test"]);
    expect(kept).toEqual({ write: "ask", planStrict: true, rules: [rule("deny network example.org")] });
  });
});

const texts = [
  "command npm test",
  "command npm *",
  "command curl *",
  "command look *",
  "command node -e 1",
  "write src/**",
  "write .npmrc",
  "read **",
  "read .env",
  "network example.org",
  "foreign files/read",
  "git commit",
];
const anyVerdict = fc.constantFrom<PolicyVerdict>("allow", "ask", "deny");
const anyRule = fc.tuple(anyVerdict, fc.constantFrom(...texts)).map(([effect, text]) => rule(`${effect} ${text}`));
const anyRules: fc.Arbitrary<PolicyRules> = fc.record(
  {
    read: anyVerdict,
    write: anyVerdict,
    protectedWrite: anyVerdict,
    test: anyVerdict,
    command: anyVerdict,
    plan: anyVerdict,
    rules: fc.array(anyRule, { maxLength: 4 }),
  },
  { requiredKeys: [] },
);
const anyTiers: fc.Arbitrary<Tiers> = fc.record(
  { organisation: anyRules, user: anyRules, run: anyRules, workspace: anyRules },
  { requiredKeys: [] },
);
const anyAccess = fc.constantFrom<PolicyAccess>(
  read("src/a"),
  read(".env"),
  write("src/a"),
  write(".npmrc"),
  write(".git/config"),
  command("look <src/a"),
  command("look </etc/hosts"),
  command("change >src/a"),
  command("npm test"),
  command("npm run x; look >.npmrc"),
  command("curl x"),
  command("wipe >dist"),
  command("tunnel"),
  command("node -e 1"),
  command("?"),
  network("https://example.org/"),
  foreign,
  { kind: "git", action: "commit", detail: "x" },
  { kind: "none" },
  test,
  plan,
);
const anyTaint = fc.record({ untrustedInput: fc.boolean(), privateData: fc.boolean(), actedOutside: fc.boolean() });
const anySetting: fc.Arbitrary<Partial<PolicySetting>> = fc.record({
  mode: fc.constantFrom("ask", "plan", "act"),
  headless: fc.boolean(),
  trusted: fc.boolean(),
  sandboxed: fc.boolean(),
  agreedCommands: fc.constantFrom([], ["npm test"]),
});
const runs = { numRuns: 500 };

describe("whatever the rules are", () => {
  it("another rule of the workspace never loosens", async () => {
    await fc.assert(
      fc.asyncProperty(
        anySetting,
        anyTiers,
        anyRules,
        anyAccess,
        anyTaint,
        async (setting, tiers, more, access, taint) => {
          const { workspace: _left, ...without } = tiers;
          const before = await policyOf({ ...setting, tiers: without }).judge(access, taint);
          const after = await policyOf({ ...setting, tiers: { ...without, workspace: more } }).judge(access, taint);
          expect(isStricter(before.verdict, after.verdict)).toBe(false);
        },
      ),
      runs,
    );
  });

  it("a headless run is never asked, and gets nothing that a person would be asked about", async () => {
    await fc.assert(
      fc.asyncProperty(anySetting, anyTiers, anyAccess, anyTaint, async (setting, tiers, access, taint) => {
        const { verdict } = await policyOf({ ...setting, tiers, headless: true }).judge(access, taint);
        expect(verdict).not.toBe("ask");
        const seen = await policyOf({ ...setting, tiers, headless: false }).judge(access, taint);
        // A plan alone goes on unasked: nothing but a copy changes.
        if (verdict === "allow" && access.kind !== "plan") expect(seen.verdict).toBe("allow");
      }),
      runs,
    );
  });

  it("a deny of any tier wins over all that is below it and beside it", async () => {
    const denied: [access: PolicyAccess, text: string][] = [
      [write("src/a"), "deny write src/**"],
      [read("src/a"), "deny read src/a"],
      [command("npm test"), "deny command npm *"],
      [network("https://example.org/"), "deny network example.org"],
      [foreign, "deny foreign files/read"],
    ];
    await fc.assert(
      fc.asyncProperty(
        anySetting,
        anyTiers,
        fc.constantFrom<TierName>(...TIER_NAMES),
        fc.constantFrom(...denied),
        async (setting, tiers, name, [access, text]) => {
          const own = { ...tiers[name], rules: [...(tiers[name]?.rules ?? []), rule(text)] };
          const policy = policyOf({ ...setting, trusted: true, tiers: { ...tiers, [name]: own } });
          expect((await policy.judge(access)).verdict).toBe("deny");
        },
      ),
      runs,
    );
  });

  it("trust, a sandbox and a person never make it stricter; taint never looser", async () => {
    await fc.assert(
      fc.asyncProperty(anySetting, anyTiers, anyAccess, async (setting, { workspace: _left, ...tiers }, access) => {
        const judged = async (more: Partial<PolicySetting>) =>
          (await policyOf({ ...setting, tiers, ...more }).judge(access)).verdict;
        expect(isStricter(await judged({ trusted: true }), await judged({ trusted: false }))).toBe(false);
        expect(isStricter(await judged({ sandboxed: true }), await judged({ sandboxed: false }))).toBe(false);
        const taint = { untrustedInput: true, privateData: true, actedOutside: false };
        const tainted = await policyOf({ ...setting, tiers }).judge(access, taint);
        expect(isStricter(await judged({}), tainted.verdict)).toBe(false);
      }),
      runs,
    );
  });
});
