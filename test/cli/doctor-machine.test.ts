import { expect, it } from "vitest";
import { checkSandbox } from "../../daemon/cli/doctor-machine.ts";

it("says which wall commands run behind", async () => {
  const confine = async () => {
    throw new Error("not asked");
  };
  expect(await checkSandbox(async () => ({ kind: "bubblewrap", confine }))).toEqual({
    name: "sandbox",
    status: "ok",
    message: "Commands run behind bubblewrap.",
  });
});

it("says why there is none, and where to read how to get one", async () => {
  const reason = "bubblewrap is not installed.";
  expect(await checkSandbox(async () => ({ kind: "none", reason }))).toEqual({
    name: "sandbox",
    status: "warning",
    message: `Commands run without a sandbox. ${reason}`,
    hint: expect.stringContaining("docs/sandbox.md"),
  });
});
