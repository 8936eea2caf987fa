import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { delivery } from "../../../../daemon/tools/fields/devops/delivery.ts";
import { call, makeFolder } from "../../workspace.ts";
import { fieldContext, inShort } from "../field-context.ts";

const BROKEN = "FROM node:24\nFOO bar\nUSER node\n";

describe("the check “delivery”", () => {
  it("sends back what the linters refuse, and says which they were", async () => {
    const result = await delivery.run(fieldContext({ Dockerfile: BROKEN, "src/a.ts": "x" }));
    expect(result).toMatchObject({ ok: false, summary: "1 × Dockerfile" });
    expect(inShort(result)).toEqual(["error Dockerfile:2 dockerfile/invalid_command"]);
  });

  it("forgives what was there before, wherever it stands now, and no more than that", async () => {
    const moved = `# syntax\n${BROKEN}`;
    expect(await delivery.run(fieldContext({ Dockerfile: moved }, { before: { Dockerfile: BROKEN } }))).toMatchObject({
      ok: true,
      findings: [],
    });
    const more = await delivery.run(
      fieldContext({ Dockerfile: `${moved}BAR baz\n` }, { before: { Dockerfile: BROKEN } }),
    );
    expect(inShort(more)).toEqual(["error Dockerfile:5 dockerfile/invalid_command"]);
  });

  it("says what it did not look at", async () => {
    const context = fieldContext({ "big.yaml": "a: b\n".repeat(200_000) });
    symlinkSync("/etc/hostname", join(context.root, "Dockerfile"));
    const result = await delivery.run({ ...context, changed: ["big.yaml", "Dockerfile", "gone.tf"] });
    expect(result.ok).toBe(true);
    expect(result.findings.map(({ path }) => path)).toEqual(["big.yaml", "Dockerfile"]);
  });

  it("concerns only files of its field", () => {
    expect(delivery.appliesTo(["src/a.ts", "README.md"])).toBe(false);
    expect(delivery.appliesTo(["src/a.ts", "deploy/web.Dockerfile"])).toBe(true);
  });
});

describe("check_delivery", () => {
  it("tells of all files, errors first", async () => {
    const root = makeFolder({ Dockerfile: "FROM node\nUSER node\n", "main.tf": "x =\n" });
    const { status, output } = await call(root, "check_delivery", {});
    expect(status).toBe("done");
    expect(output).toMatch(
      /^error main\.tf:2: .*\nwarning Dockerfile:1: .*\n1 × Dockerfile, 1 × HCL: 1 error, 1 warning$/s,
    );
  });

  it("says so where there is none, and reads nothing outside of the copy", async () => {
    const root = makeFolder({ "a.txt": "x" });
    expect(await call(root, "check_delivery", {})).toMatchObject({ status: "failed" });
    expect(await call(root, "check_delivery", { paths: ["../../etc/Dockerfile"] })).toMatchObject({ status: "denied" });
  });
});
