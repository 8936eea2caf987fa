import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dataFolder as daemonDataFolder, homePaths } from "../../../daemon/host/paths.ts";
import { dataFolder, logFile, readAddress, readToken } from "../../../extension/daemon/home.ts";
import { errorIn, isTooOld } from "../../../extension/daemon/launch.ts";

describe("the data folder", () => {
  it.each(["linux", "darwin", "win32"] as const)("is where the daemon has it on %s", (platform) => {
    for (const env of [{}, { NEXUS_HOME: "/x/y" }, { XDG_DATA_HOME: "/data" }, { LOCALAPPDATA: "C:\\L" }])
      expect(dataFolder(null, env, platform)).toBe(daemonDataFolder(env, platform));
  });

  it("is the setting's first, home sign resolved", () => {
    expect(dataFolder("/set", { NEXUS_HOME: "/env" })).toBe("/set");
    expect(dataFolder("~/nexus", {})).not.toContain("~");
  });

  it("holds the log where the daemon writes it", () => expect(logFile("/h")).toBe(homePaths("/h").log));
});

describe("a running daemon", () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "nexus-home-"));
  });
  afterEach(() => rm(home, { recursive: true }));

  it("is found by its two files", async () => {
    await writeFile(homePaths(home).discovery, JSON.stringify({ address: "/s", pid: 1 }));
    await writeFile(homePaths(home).token, "secret\n");
    expect(await readAddress(home)).toBe("/s");
    expect(await readToken(home)).toBe("secret");
  });

  it.each(["", "{", "null", "[]", '{"address":5}'])("is not there when its file says %j", async (text) => {
    await writeFile(homePaths(home).discovery, text);
    expect(await readAddress(home)).toBeUndefined();
    expect(await readToken(home)).toBe("");
  });
});

describe("starting it", () => {
  it.each([
    ["20.19.0", true],
    ["22.12.9", true],
    ["22.13.0", false],
    ["24.1.0", false],
  ])("Node %s is too old: %s", (version, expected) => expect(isTooOld(version)).toBe(expected));

  it("finds the command's own error", () => {
    const error = { code: "store.read_only", message: "Cannot be written.", hint: "Check.", action: "runDoctor" };
    expect(errorIn(`noise\n${JSON.stringify({ type: "error", error })}\n`)?.value).toEqual(error);
    expect(errorIn("Segmentation fault\n{broken")).toBeUndefined();
  });
});
