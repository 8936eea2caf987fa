import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadOrganisation, loadUser, loadWorkspace, parsePolicy } from "../../../daemon/security/policy/load-tiers.ts";
import { forgetRule, rememberRule } from "../../../daemon/security/policy/remember.ts";
import { loadSettings } from "../../../daemon/settings.ts";

const isWindows = process.platform === "win32";
let home = "";

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), "nexus-keep-")));
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

const file = () => join(home, "settings.json");
const build = { effect: "allow", match: { kind: "command", words: ["npm", "run", "build"], rest: "none" } };

describe("a rule that is kept", () => {
  it("stands in the user's settings, which stay readable, and is told", async () => {
    const kept = await rememberRule(home, "command npm run build");
    expect(kept).toEqual({ ok: true, value: { path: file(), rule: "allow command npm run build", changed: true } });
    expect((await loadSettings(home, {})).policy).toEqual({ rules: [build] });
    if (!isWindows) expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it("leaves the rest of the file as it is, and is there once", async () => {
    writeFileSync(file(), JSON.stringify({ budgetUsd: 2, policy: { write: "ask" } }), { mode: 0o600 });
    await rememberRule(home, "deny network example.org");
    expect(await rememberRule(home, "deny network example.org")).toMatchObject({ value: { changed: false } });
    expect(JSON.parse(readFileSync(file(), "utf8"))).toEqual({
      budgetUsd: 2,
      policy: { write: "ask", rules: [{ effect: "deny", match: { kind: "network", host: "example.org" } }] },
    });
  });

  it("is taken back by its text, with or without its effect", async () => {
    for (const text of ["command npm run build", "deny command npm run build", "write docs/**"])
      await rememberRule(home, text);
    expect(await forgetRule(home, "deny command npm run build")).toMatchObject({ value: { changed: true } });
    expect((await loadUser(home)).ok && JSON.stringify(await loadUser(home))).toContain("allow");
    expect(await forgetRule(home, "command npm run build")).toMatchObject({ value: { changed: true } });
    expect(await forgetRule(home, "command npm run build")).toMatchObject({ value: { changed: false } });
    expect(await loadUser(home)).toEqual({
      ok: true,
      value: { rules: [{ effect: "allow", match: { kind: "write", path: "docs/**" } }] },
    });
  });

  it("is not written when it is no rule, or the file cannot be understood", async () => {
    expect(await rememberRule(home, "everything")).toMatchObject({ ok: false, error: { code: "settings.invalid" } });
    expect(existsSync(file())).toBe(false);
    for (const broken of ["{", '{"policy": {"shell": "allow"}}', "[]"]) {
      writeFileSync(file(), broken, { mode: 0o600 });
      expect(await rememberRule(home, "write docs/**")).toMatchObject({
        ok: false,
        error: { code: "settings.invalid" },
      });
      expect(readFileSync(file(), "utf8")).toBe(broken);
    }
  });

  it.skipIf(isWindows)("is not written through a link, or into a file that others can write", async () => {
    writeFileSync(join(home, "elsewhere"), "{}");
    symlinkSync(join(home, "elsewhere"), file());
    expect(await rememberRule(home, "write docs/**")).toMatchObject({ ok: false });
    expect(readFileSync(join(home, "elsewhere"), "utf8")).toBe("{}");
    rmSync(file());
    writeFileSync(file(), "{}");
    chmodSync(file(), 0o666);
    expect(await rememberRule(home, "write docs/**")).toMatchObject({ ok: false });
  });

  it("is not lost when two are kept at once", async () => {
    const texts = ["write a", "write b", "write c"];
    const kept = await Promise.all(texts.map((text) => rememberRule(home, text)));
    const stands = readFileSync(file(), "utf8");
    expect(kept.every(({ ok }) => ok)).toBe(true);
    for (const text of texts) expect(stands).toContain(`"${text.at(-1)}"`);
  });
});

describe("the organisation's file", () => {
  it("may be missing, and must be usable where it is not", async () => {
    const path = join(home, "policy.json");
    expect(await loadOrganisation(path)).toEqual({ ok: true, value: undefined });
    writeFileSync(path, '{"write": "ask"}', { mode: 0o644 });
    expect(await loadOrganisation(path)).toEqual({ ok: true, value: { write: "ask" } });
    writeFileSync(path, '{"write": "maybe"}');
    expect(await loadOrganisation(path)).toMatchObject({ ok: false, error: { code: "settings.invalid" } });
    rmSync(path);
    mkdirSync(path);
    expect(await loadOrganisation(path)).toMatchObject({ ok: false });
  });

  it.skipIf(isWindows)("is refused when others can write it", async () => {
    const path = join(home, "policy.json");
    writeFileSync(path, "{}");
    chmodSync(path, 0o664);
    expect(await loadOrganisation(path)).toMatchObject({ ok: false, error: { code: "settings.invalid" } });
  });
});

describe("a workspace's file", () => {
  const write = (text: string) => {
    mkdirSync(join(home, ".nexus"), { recursive: true });
    writeFileSync(join(home, ".nexus/policy.json"), text);
  };

  it("only tightens, and says what does not count", async () => {
    expect(await loadWorkspace(home)).toEqual({ rules: undefined, notices: [] });
    write(JSON.stringify({ write: "deny", command: "allow", rules: [build] }));
    const { rules, notices } = await loadWorkspace(home);
    expect(rules).toEqual({ write: "deny", rules: [] });
    expect(notices).toEqual([
      ".nexus/policy.json: “command: allow” does not count, a workspace only tightens.",
      ".nexus/policy.json: “allow command npm run build” does not count, a workspace only tightens.",
    ]);
  });

  it.each(["{", '{"shell": "deny"}', "[]", `{"rules": [${"{},".repeat(600)}{}]}`, `"${"x".repeat(600_000)}"`])(
    "is left out, and said so, when it is %.20j",
    async (text) => {
      write(text);
      const { rules, notices } = await loadWorkspace(home);
      expect(rules).toBeUndefined();
      expect(notices).toHaveLength(1);
    },
  );

  it.skipIf(isWindows)("is not read from outside of the workspace", async () => {
    const other = mkdtempSync(join(tmpdir(), "nexus-other-"));
    writeFileSync(join(other, "policy.json"), '{"write": "deny"}');
    symlinkSync(other, join(home, ".nexus"));
    expect(await loadWorkspace(home)).toMatchObject({
      rules: undefined,
      notices: [expect.stringContaining("does not count")],
    });
    rmSync(other, { recursive: true });
  });
});

it.each([
  ['{"read": "allow", "shell": "allow"}', "shell"],
  ['{"rules": [{"effect": "allow"}]}', "rules.0.match"],
  [
    '{"rules": [{"effect": "allow", "match": {"kind": "command", "words": ["*"], "rest": "any"}}]}',
    "the program must be named",
  ],
  [
    '{"rules": [{"effect": "allow", "match": {"kind": "command", "words": ["npm", "*"], "rest": "none"}}]}',
    "rest: any",
  ],
  ['{"rules": [{"effect": "allow", "match": {"kind": "write", "path": "a\\u202eb"}}]}', "cannot be seen"],
  ["null", "expected object"],
])("says what is wrong with %s", (text, problem) => {
  expect(parsePolicy(text, "policy.json")).toMatchObject({
    ok: false,
    error: { code: "settings.invalid", message: expect.stringContaining(problem) },
  });
});
