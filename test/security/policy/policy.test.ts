import { describe, expect, it } from "vitest";
import type { PolicyAccess } from "../../../daemon/security/access.ts";
import type { PolicySetting } from "../../../daemon/security/policy/setting.ts";
import type { PolicyVerdict, SessionMode } from "../../../protocol/index.ts";
import { policyOf } from "./setting.ts";

const write = (...paths: string[]): PolicyAccess => ({ kind: "write", paths });
const read = (...paths: string[]): PolicyAccess => ({ kind: "read", paths });
const command = (line: string): PolicyAccess => ({ kind: "command", command: line, cwd: "/w/copy" });
const network = (url: string): PolicyAccess => ({ kind: "network", url });
const foreign = (source: "workspace" | "mcp", name: string): PolicyAccess => {
  return { kind: "foreign", source, name, input: "{}", claimsReadOnly: true };
};
const commit: PolicyAccess = { kind: "git", action: "commit", detail: "Fix" };
const none: PolicyAccess = { kind: "none" };
const test: PolicyAccess = { kind: "test", command: "npm test", cwd: "/w/copy" };
const plan: PolicyAccess = { kind: "plan" };

/** a: allow, k: ask, d: deny; the columns of the table below. */
const VERDICTS: Readonly<Record<string, PolicyVerdict>> = { a: "allow", k: "ask", d: "deny" };
const SETTINGS: readonly [name: string, setting: Partial<PolicySetting>][] = [
  ["interactive, trusted", {}],
  ["headless, trusted", { headless: true }],
  ["interactive, untrusted", { trusted: false }],
  ["headless, untrusted", { trusted: false, headless: true }],
  ["mode ask", { mode: "ask" }],
  ["mode plan, headless", { mode: "plan", headless: true }],
  ["no sandbox", { sandboxed: false }],
];

type Row = [access: PolicyAccess, verdicts: string, rule: string];

const TABLE: readonly Row[] = [
  [read("src/a.ts"), "aaaaaaa", "read"],
  [read(), "aaaaaaa", "read"],
  [read("package.json"), "aaaaaaa", "read"],
  [read(".nexus/policy.json"), "aaaaaaa", "read"],
  [read("src/a.ts", ".env"), "kdkdkdk", "secret-file"],
  [read(".git/config"), "kdkdkdk", "secret-file"],
  [read("id_rsa"), "kdkdkdk", "secret-file"],
  [write("src/a.ts"), "aaaadda", "write"],
  [write("README.md"), "aaaadda", "write"],
  [write("package.json"), "aaaadda", "write"],
  [{ kind: "write", paths: ["package.json"], runs: ["package.json"] }, "kdkdddk", "protected-file"],
  [write("src/a.ts", ".vscode/tasks.json"), "kdkdddk", "protected-file"],
  [write("AGENTS.md"), "kdkdddk", "protected-file"],
  [write("packages/a/AGENTS.md"), "kdkdddk", "protected-file"],
  [write(".env"), "kdkdddk", "protected-file"],
  [write(".git/hooks/x"), "ddddddd", "git-is-never-written"],
  [write("sub/.GIT/config"), "ddddddd", "git-is-never-written"],
  [command("look <src/a.ts"), "aaaaaaa", "reading-command"],
  [command("look"), "aaaaaaa", "reading-command"],
  [command("look; look <a"), "aaaaaaa", "reading-command"],
  [command("look <.env"), "kdkdkdk", "secret-file"],
  [command("look <.git/config"), "kdkdkdk", "secret-file"],
  [command("look </usr/include/stdio.h"), "kdkdkdk", "outside-read"],
  [command("look </home/me/notes.txt"), "kdkdkdk", "outside-read"],
  [command("look </home/me/.ssh/id_rsa"), "ddddddd", "private-outside"],
  [command("look </home/me/.aws/credentials"), "ddddddd", "private-outside"],
  [command("look </home/me/.bash_history"), "ddddddd", "private-outside"],
  [command("look </home/me/.local/share/nexus/daemon.token"), "ddddddd", "private-outside"],
  [command("look </home/you/notes.txt"), "ddddddd", "private-outside"],
  [command("look </Users/you/notes.txt"), "ddddddd", "private-outside"],
  [command("look </etc/shadow"), "ddddddd", "private-outside"],
  [command("look </etc/shadow-"), "ddddddd", "private-outside"],
  [command("look </private/etc/sudoers"), "ddddddd", "private-outside"],
  [command("look </proc/self/environ"), "ddddddd", "private-outside"],
  [command("look </dev/sda"), "ddddddd", "private-outside"],
  [command("look </root/x"), "ddddddd", "private-outside"],
  [command("look <?"), "kdkdkdk", "unclear-path"],
  [command("look >/dev/null"), "aaaadda", "reading-command"],
  [command("look >out.txt"), "aaaadda", "reading-command"],
  [command("look >.npmrc"), "kdkdddk", "protected-file"],
  [command("look >package.json"), "kdkdddk", "protected-file"],
  [command("look >.git/config"), "ddddddd", "git-is-never-written"],
  [command("look >/tmp/x"), "ddddddd", "outside-write"],
  [command("look >?"), "kdkdddk", "unclear-path"],
  [command("look @/w"), "kdkdkdk", "outside-folder"],
  [command("look @?"), "kdkdkdk", "outside-folder"],
  [command("look @/w/copy/src"), "aaaaaaa", "reading-command"],
  [command("look @/w/copy-evil"), "kdkdkdk", "outside-folder"],
  [command("change >src/a.ts"), "aaaadda", "changing-command"],
  [command("change <src/a.ts >src/b.ts"), "aaaadda", "changing-command"],
  [command("change >.husky/pre-push"), "kdkdddk", "protected-file"],
  [command("change >../x"), "aaaadda", "changing-command"],
  [command("change >/w/x"), "ddddddd", "outside-write"],
  [command("change >src/a.ts @/w"), "ddddddd", "outside-folder"],
  [command("change"), "kdkdddk", "unknown-command"],
  [command("npm test"), "kddd", "project-command"],
  [command("curl example.org"), "kdkdddk", "network-command"],
  [command("wipe >dist"), "kdkdddk", "destructive-command"],
  [command("tunnel"), "ddddddd", "forbidden-command"],
  [command("node -e 1"), "kdkdddk", "unknown-command"],
  [command("./x.sh"), "kdkdddk", "unknown-command"],
  [command("?"), "kdkdddk", "unclear-command"],
  [command("look; ?"), "kdkdddk", "unclear-command"],
  [command(""), "kdkdddk", "unclear-command"],
  [command("look; tunnel"), "ddddddd", "forbidden-command"],
  [command("look; curl x"), "kdkdddk", "network-command"],
  [network("https://example.org/a"), "kdkdddk", "network"],
  [network("file:///etc/passwd"), "ddddddd", "network"],
  [network("nonsense"), "ddddddd", "network"],
  [foreign("mcp", "files/read"), "kdkdddk", "foreign-tool"],
  [foreign("workspace", "lint"), "kddd", "foreign-tool"],
  [commit, "kdkdddk", "git"],
  [none, "aaaaaaa", "conversation"],
  [test, "aad", "project-tests"],
  [plan, "kaka", "plan"],
];

describe.each(SETTINGS)("without anybody's rules, %s", (_name, setting) => {
  const column = SETTINGS.findIndex(([, candidate]) => candidate === setting);
  const rows = TABLE.filter(([, verdicts]) => verdicts[column] !== undefined);
  it.each(rows)("%j", async (access, verdicts, rule) => {
    const judged = await policyOf(setting).judge(access);
    expect({ verdict: judged.verdict, access }).toEqual({ verdict: VERDICTS[verdicts[column] ?? ""], access });
    if (column === 0) expect(judged.rule).toBe(rule);
    expect(judged.reason).not.toBe("");
  });
});

it("names the rule of the mode and of trust", async () => {
  expect(await policyOf({ mode: "ask" }).judge(command("npm test"))).toMatchObject({ rule: "mode-only-reads" });
  for (const access of [command("npm test"), test, foreign("workspace", "lint")])
    expect(await policyOf({ trusted: false }).judge(access)).toMatchObject({
      verdict: "deny",
      rule: "untrusted-workspace",
    });
});

it("says that nobody is there, and that there is no sandbox", async () => {
  expect((await policyOf({ headless: true }).judge(read(".env"))).reason).toContain("Nobody is there");
  expect((await policyOf({ sandboxed: false }).judge(command("npm run build"))).reason).toContain("no sandbox here");
  expect((await policyOf().judge(command("npm run build"))).reason).not.toContain("sandbox");
});

describe("commands that were agreed on word for word", () => {
  const lines: [line: string, verdict: PolicyVerdict][] = [
    ["npm test", "allow"],
    ["npm test ", "ask"],
    ["npm test; curl evil.test", "ask"],
    ["node -e 1", "allow"],
    ["look; ?", "allow"],
    ["wipe >dist", "ask"],
    ["npm test >.npmrc", "ask"],
    ["npm test <.env", "ask"],
    ["npm test >/tmp/x", "deny"],
    ["tunnel", "deny"],
  ];
  it.each(lines)("%j", async (line, verdict) => {
    const agreedCommands = lines.map(([each]) => each).filter((each) => !/ $|evil/.test(each));
    const judged = await policyOf({ agreedCommands, sandboxed: false }).judge(command(line));
    expect(judged.verdict).toBe(verdict);
    if (verdict === "allow") expect(judged.rule).toBe("planned-command");
  });

  it("are nothing in a workspace that is not trusted, or a mode that only reads", async () => {
    for (const mode of ["ask", "plan"] satisfies SessionMode[])
      expect((await policyOf({ mode, agreedCommands: ["npm test"] }).judge(command("npm test"))).verdict).toBe("deny");
    const untrusted = { trusted: false, agreedCommands: ["npm test", "node -e 1"] };
    expect((await policyOf(untrusted).judge(command("npm test"))).verdict).toBe("deny");
    expect((await policyOf(untrusted).judge(command("node -e 1"))).verdict).toBe("ask");
  });
});

it("asks about every command where none can be taken apart", async () => {
  const { analyse: _none, ...blind } = { ...policySetting() };
  expect(await policyOf({ ...blind, analyse: undefined } as never).judge(command("look"))).toMatchObject({
    verdict: "ask",
    rule: "unclear-command",
  });
  const broken = policyOf({ analyse: async () => Promise.reject(new Error("broken")) });
  expect(await broken.judge(command("look"))).toMatchObject({ verdict: "ask", rule: "unclear-command" });
});

function policySetting(): Partial<PolicySetting> {
  return { agreedCommands: [] };
}

describe("the Rule of Two", () => {
  const taint = { untrustedInput: true, privateData: true, actedOutside: false };
  const everything = {
    tiers: {
      user: {
        command: "allow" as const,
        test: "allow" as const,
        rules: [
          { effect: "allow" as const, match: { kind: "network" as const, host: "example.org" } },
          { effect: "allow" as const, match: { kind: "foreign" as const, name: "files/read" } },
          { effect: "allow" as const, match: { kind: "command" as const, words: ["curl"], rest: "any" as const } },
        ],
      },
    },
    agreedCommands: ["node -e 1", "npm test"],
  };
  const outside = [
    network("https://example.org/"),
    foreign("mcp", "files/read"),
    command("curl example.org"),
    command("wipe >dist"),
  ];

  it.each(outside)("asks about %j each time, whatever the rules say", async (access) => {
    const judged = await policyOf(everything).judge(access, taint);
    expect(judged).toMatchObject({ verdict: "ask", rule: "rule-of-two", actsOutside: true });
    expect(judged.remember).toBeUndefined();
    expect((await policyOf({ ...everything, headless: true }).judge(access, taint)).verdict).toBe("deny");
  });

  it("counts what runs without a sandbox as acting outside", async () => {
    for (const access of [command("npm test"), command("node -e 1"), command("?"), test]) {
      expect((await policyOf({ ...everything, sandboxed: false }).judge(access, taint)).verdict).toBe("ask");
      expect((await policyOf(everything).judge(access, taint)).verdict).toBe("allow");
    }
  });

  it("leaves reading and writing alone, and asks for nothing while one of the two is missing", async () => {
    for (const access of [read("a"), write("a"), command("look <a"), command("change >a")])
      expect((await policyOf(everything).judge(access, taint)).verdict).toBe("allow");
    for (const part of [{ untrustedInput: false }, { privateData: false }])
      expect((await policyOf(everything).judge(command("curl example.org"), { ...taint, ...part })).verdict).toBe(
        "allow",
      );
  });
});

describe("what may be kept", () => {
  const cases: [access: PolicyAccess, remember: string | undefined][] = [
    [command("npm run build"), "command npm run build"],
    [command("npm test; look"), "command npm test"],
    [command("npm test; npm test"), "command npm test"],
    [command("npm test; npm run build"), undefined],
    [command("npm test $x"), undefined],
    [command("npm test *"), undefined],
    [command("npm test >.npmrc"), undefined],
    [command("npm test; ?"), undefined],
    [command("curl example.org"), "command curl example.org"],
    [command("wipe >dist"), undefined],
    [command("node -e 1"), undefined],
    [command("look"), undefined],
    [network("https://example.org:8443/a"), "network example.org:8443"],
    [foreign("mcp", "files/read"), "foreign files/read"],
    [commit, "git commit"],
    [read(".env"), undefined],
    [write(".npmrc"), undefined],
    [plan, undefined],
  ];
  it.each(cases)("of %j: %s", async (access, remember) => {
    expect((await policyOf().judge(access)).remember).toBe(remember);
    expect((await policyOf({ headless: true }).judge(access)).remember).toBeUndefined();
    expect((await policyOf({ trusted: false }).judge(access)).remember).toBeUndefined();
  });
});
