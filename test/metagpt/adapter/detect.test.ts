/** Which interpreter is asked, and what is said of what it answers. */
import { chmodSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { type DetectOptions, detectMetagpt } from "../../../daemon/metagpt/adapter/detect.ts";
import { fakePython, makeFolder } from "../../support/metagpt/installed.ts";

const sandbox: DetectOptions["sandbox"] = async () => ({ kind: "none", reason: "This system has none." });
const tools = "/usr/bin:/bin";

function program(name: string, text: string): string {
  const path = join(makeFolder("program"), name);
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}

function look(more: { python?: string; path?: readonly string[] } = {}) {
  const PATH = [...(more.path ?? []), ...(more.python === undefined ? [] : [tools])].join(delimiter);
  return detectMetagpt({ python: more.python, env: { PATH }, sandbox });
}

describe.skipIf(process.platform === "win32")("looking for MetaGPT", () => {
  it("takes the interpreter that the setting names, and tells both dialects apart", async () => {
    for (const dialect of ["classic", "mgx"] as const) {
      const python = fakePython(dialect);
      const status = await look({ python });
      expect(status).toMatchObject({ usable: true, git: true, problems: [] });
      expect(status.installation).toMatchObject({ python, pythonVersion: "3.11.7", dialect });
      expect(status.installation?.places).toContain("/opt/site");
    }
  });

  it("takes the interpreter that the installed command starts with, and otherwise python3", async () => {
    const own = fakePython("classic", "python3.10");
    const command = program("metagpt", `#!${own}\nimport metagpt\n`);
    const other = fakePython("none");
    const both = await look({ path: [dirname(command), dirname(other)] });
    expect(both.installation?.python).toBe(own);
    const linked = makeFolder("linked");
    symlinkSync(command, join(linked, "metagpt"));
    expect((await look({ path: [linked] })).installation?.python).toBe(own);
    const plain = fakePython("mgx");
    expect((await look({ path: [dirname(plain)] })).installation?.python).toBe(plain);
    const shim = program("metagpt", "#!/usr/bin/env bash\n");
    expect((await look({ path: [dirname(shim), dirname(plain)] })).installation?.python).toBe(plain);
  });

  it("says what is missing, and how to get it", async () => {
    const none = await look({ path: [makeFolder("empty")] });
    expect(none.usable).toBe(false);
    expect(none.problems.map(({ code }) => code)).toEqual(["no_python", "no_git"]);
    const python = await look({ python: fakePython("none") });
    expect(python.problems).toMatchObject([{ code: "no_metagpt", hint: expect.stringContaining("pip install") }]);
    const young = await look({ python: fakePython("new") });
    expect(young.problems).toMatchObject([{ code: "python_version" }]);
    expect(young.problems[0]?.message).toContain("MetaGPT is installed for Python 3.13.1");
    const wrong = await look({ python: "/nowhere/python" });
    expect(wrong.problems).toMatchObject([{ code: "python_setting" }]);
    expect(none.sandbox.says).toContain("would run with your rights");
  });

  it.each([
    ["answers with something else", "#!/bin/sh\necho hello\n", "not what a Python interpreter would"],
    ["fails", "#!/bin/sh\necho broken >&2; exit 3\n", "broken"],
    ["floods", "#!/bin/sh\nhead -c 5000000 /dev/zero\n", "not what a Python interpreter would"],
  ])("is not misled by a program that %s", async (_, text, found) => {
    const status = await look({ python: program("python3", text) });
    expect(status.usable).toBe(false);
    expect(status.looked[0]?.found).toContain(found);
  });
});
