/** Which wall a machine has, told by programs that stand in for those of other machines. */
import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { findSandbox, lookForSandbox } from "../../../daemon/security/sandbox/find.ts";
import { makeTree } from "./boxes.ts";

function programThat(script: string): string {
  const program = join(makeTree(), "bwrap");
  writeFileSync(program, `#!/bin/sh\n${script}\n`);
  chmodSync(program, 0o755);
  return program;
}

it("knows none on Windows, and none on macOS without its own", async () => {
  expect(await lookForSandbox("win32")).toMatchObject({ kind: "none", reason: expect.stringContaining("This system") });
  if (!existsSync("/usr/bin/sandbox-exec"))
    expect(await lookForSandbox("darwin")).toMatchObject({ reason: expect.stringContaining("is missing") });
});

it("looks once", async () => {
  expect(findSandbox()).toBe(findSandbox());
  expect(["bubblewrap", "seatbelt", "none"]).toContain((await findSandbox()).kind);
});

it("says what to install where there is no bubblewrap", async () => {
  expect(await lookForSandbox("linux", [join(makeTree(), "bwrap")])).toMatchObject({
    kind: "none",
    reason: expect.stringContaining("Install the package “bubblewrap”"),
  });
});

it.skipIf(process.platform === "win32")("takes an older bubblewrap, which does not know all flags", async () => {
  const older = programThat('for word in "$@"; do [ "$word" = --disable-userns ] && exit 1; done; exit 0');
  const found = await lookForSandbox("linux", ["/nowhere/bwrap", older]);
  expect(found.kind).toBe("bubblewrap");
});

it.skipIf(process.platform === "win32")("says why one that is there does not work", async () => {
  const forbidden = programThat("echo 'no permission' >&2; echo more >&2; exit 1");
  const found = await lookForSandbox("linux", [forbidden]);
  expect(found).toMatchObject({
    kind: "none",
    reason: expect.stringMatching(/does not work here: no permission\. (AppArmor|Containers)/),
  });
  const silent = await lookForSandbox("linux", [programThat("exit 1")]);
  expect(silent).toMatchObject({ kind: "none", reason: expect.stringContaining("no answer.") });
});
