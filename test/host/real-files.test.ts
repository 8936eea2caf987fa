import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import * as fs from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { OpenFile } from "../../daemon/host/files.ts";
import { readReal, writeReal } from "../../daemon/host/real-files.ts";

let base = "";

beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), "nexus-real-")));
  for (const folder of ["copy/src", "outside"]) mkdirSync(join(base, folder), { recursive: true });
  writeFileSync(join(base, "copy/src/a"), "inside");
  writeFileSync(join(base, "outside/a"), "secret");
});

afterEach(() => rmSync(base, { recursive: true, force: true }));

const inside = () => join(base, "copy/src/a");

/** The attacker's moment: just before the file is opened. */
const afterSwap: OpenFile = async (path, flags, mode) => {
  renameSync(join(base, "copy/src"), join(base, "copy/moved"));
  symlinkSync(join(base, "outside"), join(base, "copy/src"), "junction");
  return fs.open(path, flags, mode);
};

describe("a file by its real path", () => {
  it("is read and written", async () => {
    expect((await readReal(inside()))?.toString()).toBe("inside");
    await writeReal(inside(), "new");
    await writeReal(join(base, "copy/src/b"), "b");
    expect(readFileSync(inside(), "utf8")).toBe("new");
    expect(readdirSync(join(base, "copy/src")).sort()).toEqual(["a", "b"]);
  });

  it("is undefined where nothing is", async () => {
    expect(await readReal(join(base, "copy/none"))).toBeUndefined();
    expect(await readReal(join(base, "copy/src/a/below"))).toBeUndefined();
  });

  it.skipIf(process.platform === "win32")("is refused when it is a link", async () => {
    symlinkSync(join(base, "outside/a"), join(base, "copy/src/link"));
    await expect(readReal(join(base, "copy/src/link"))).rejects.toMatchObject({ code: "ELOOP" });
    symlinkSync(join(base, "outside"), join(base, "copy/folder"));
    await expect(readReal(join(base, "copy/folder/a"))).rejects.toMatchObject({ code: "ELOOP" });
    await expect(writeReal(join(base, "copy/folder/a"), "x")).rejects.toMatchObject({ code: "ELOOP" });
    expect(readFileSync(join(base, "outside/a"), "utf8")).toBe("secret");
  });
});

describe("a folder that becomes a link between look and use", () => {
  it("is not read through", async () => {
    await expect(readReal(inside(), afterSwap)).rejects.toMatchObject({ code: "ELOOP" });
  });

  it("is not written through, and leaves nothing behind", async () => {
    await expect(writeReal(inside(), "evil", undefined, afterSwap)).rejects.toMatchObject({ code: "ELOOP" });
    expect(readFileSync(join(base, "outside/a"), "utf8")).toBe("secret");
    expect(readdirSync(join(base, "outside"))).toEqual(["a"]);
    expect(readFileSync(join(base, "copy/moved/a"), "utf8")).toBe("inside");
  });

  it("is seen just before the rename too", async () => {
    const swap = async () => {
      renameSync(join(base, "copy/src"), join(base, "copy/moved"));
      symlinkSync(join(base, "outside"), join(base, "copy/src"), "junction");
    };
    await expect(writeReal(inside(), "evil", swap)).rejects.toMatchObject({ code: "ELOOP" });
    expect(readFileSync(join(base, "outside/a"), "utf8")).toBe("secret");
    expect(existsSync(join(base, "copy/moved/a"))).toBe(true);
  });
});
