/** nexus metagpt read and write. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { CliContext } from "../../daemon/cli/context.ts";
import { metagptReadCommand } from "../../daemon/cli/metagpt.ts";
import { metagptWriteCommand } from "../../daemon/cli/metagpt-write.ts";
import { type Arguments, parseCommandLine } from "../../daemon/cli/parse.ts";
import { applyRunEvent } from "../../protocol/index.ts";
import { projectFolder } from "../metagpt/documents/folder.ts";
import { CLASSIC_KINDS, classicProject } from "../metagpt/documents/projects.ts";
import { plan, task } from "../planning/plans.ts";
import { createFakeConnection, createTestContext, createTestTerminal } from "../support/cli.ts";
import { created } from "../support/fake-run-service.ts";

type Command = (context: CliContext, args: Arguments) => Promise<number>;

async function run(command: Command, cwd: string, words: readonly string[], answers: Record<string, unknown> = {}) {
  const terminal = createTestTerminal();
  const invocation = parseCommandLine(["metagpt", ...words]);
  if (invocation.kind !== "run") throw new Error("no command");
  const context = { ...createTestContext(terminal, [createFakeConnection(answers)]), cwd };
  const code = await command(context, invocation.arguments);
  return { code, out: terminal.stdout(), err: terminal.stderr() };
}

const PLAN = plan(task("a", { files: ["src/a.py"] }), task("b", { files: ["src/b.py"], dependsOn: ["a"] }));
const refusal = (code: string) => ({ value: { code } });

describe("nexus metagpt read", () => {
  it("prints one JSON object", async () => {
    const folder = projectFolder(classicProject());
    const { code, out } = await run(metagptReadCommand, folder, ["read", ".", "--json"]);
    const reading = JSON.parse(out);
    expect([code, Object.keys(reading), reading.documents.length]).toEqual([
      0,
      ["project", "documents"],
      Object.keys(CLASSIC_KINDS).length,
    ]);
    expect(Object.keys(reading.documents[0])).toEqual(["path", "kind", "dialect", "content", "problems"]);
  });

  it("tells people what there is and what is wrong with it", async () => {
    const folder = projectFolder({ ...classicProject(), "docs/prd/9.json": "{" });
    const { out } = await run(metagptReadCommand, folder, ["read", folder]);
    expect(out).toMatch(/^plant_keeper: 20 documents\nPATH/);
    expect(out).toContain("docs/prd/9.json: not_json");
    expect(out).toMatch(
      /Before MetaGPT can go on with it:\n(.*\n)*docs\/system_design\/20260203040506\.json: unknown_file/,
    );
    const nothing = await run(metagptReadCommand, projectFolder({}), ["read", "."]);
    expect(nothing).toMatchObject({ code: 0, out: "There are no documents of MetaGPT here.\n" });
  });

  it("wants a folder", async () => {
    const folder = projectFolder({ file: "" });
    for (const word of ["none", "file"])
      await expect(run(metagptReadCommand, folder, ["read", word])).rejects.toMatchObject(refusal("workspace.missing"));
  });
});

describe("nexus metagpt write", () => {
  it("writes a plan file, which then reads without a problem", async () => {
    const folder = projectFolder({ "plan.json": JSON.stringify({ runId: "r", plan: PLAN }) });
    const { code, out } = await run(metagptWriteCommand, folder, ["write", "shop", "--plan", "plan.json", "--json"]);
    const written = JSON.parse(out);
    expect([code, written.project, written.problems]).toEqual([0, "shop", []]);
    const read = JSON.parse((await run(metagptReadCommand, folder, ["read", "shop", "--json"])).out);
    expect(read.documents.flatMap(({ problems }: { problems: unknown[] }) => problems)).toEqual([]);
    expect(read.documents.map(({ kind }: { kind: string }) => kind)).toEqual(
      expect.arrayContaining(["prd", "system_design", "task", "dependencies", "requirement", "markdown_copy", "team"]),
    );
    const { out: text } = await run(metagptReadCommand, folder, ["read", "shop"]);
    expect(text).not.toContain("Before MetaGPT");
    expect(JSON.parse(readFileSync(join(folder, "shop/team/team.json"), "utf8"))).toMatchObject({
      idea: "A plan.",
      investment: 3,
    });
  });

  it("writes the plan of a run, with its prompt as the requirement", async () => {
    const folder = projectFolder({});
    const start = applyRunEvent(null, {
      runId: "r1",
      seq: 1,
      at: "2026-01-01T00:00:00.000Z",
      body: created("Sell bread"),
    });
    const answers = {
      "run/list": { runs: [{ runId: "r1" }], nextCursor: null },
      "run/show": { run: { ...start, plan: PLAN } },
    };
    const { code, out } = await run(metagptWriteCommand, folder, ["write", "shop"], answers);
    expect([code, out]).toEqual([0, expect.stringMatching(/^Wrote 9 documents to /)]);
    expect(readFileSync(join(folder, "shop/docs/requirement.txt"), "utf8")).toBe("Sell bread");
    await expect(
      run(metagptWriteCommand, folder, ["write", "other", "--run", "r1"], { ...answers, "run/show": { run: start } }),
    ).rejects.toMatchObject(refusal("plan.none"));
    expect(existsSync(join(folder, "other"))).toBe(false);
  });

  it("never writes over what is there", async () => {
    const folder = projectFolder({ "shop/mine.txt": "mine", "plan.json": JSON.stringify(PLAN) });
    await expect(run(metagptWriteCommand, folder, ["write", "shop", "--plan", "plan.json"])).rejects.toMatchObject(
      refusal("metagpt.exists"),
    );
    expect(readFileSync(join(folder, "shop/mine.txt"), "utf8")).toBe("mine");
  });

  it("--to writes a project's documents again, byte for byte, broken ones too", async () => {
    const files = { ...classicProject(), "docs/prd/9.json": '{"half' };
    const folder = projectFolder(Object.fromEntries(Object.entries(files).map(([path, text]) => [`in/${path}`, text])));
    writeFileSync(join(folder, "in/docs/prd/8.json"), Buffer.from([0xff, 0x00, 0x01]));
    const { code } = await run(metagptWriteCommand, folder, ["write", "in", "--to", "out"]);
    expect(code).toBe(0);
    for (const path of [...Object.keys(CLASSIC_KINDS), "docs/prd/8.json", "docs/prd/9.json"])
      expect(readFileSync(join(folder, "out", path)).equals(readFileSync(join(folder, "in", path))), path).toBe(true);
    expect(existsSync(join(folder, "out/README.md"))).toBe(false);
    await expect(run(metagptWriteCommand, folder, ["write", "in", "--to", "out"])).rejects.toMatchObject(
      refusal("metagpt.exists"),
    );
  });

  it("wants one source", async () => {
    const folder = projectFolder({ "plan.json": "[]" });
    for (const words of [
      ["x", "--plan", "plan.json"],
      ["x", "--plan", "none"],
      ["x", "--plan", "p", "--run", "r"],
      ["x", "--to", "y", "--run", "r"],
    ])
      await expect(run(metagptWriteCommand, folder, ["write", ...words])).rejects.toMatchObject(
        refusal("usage.invalid"),
      );
    await expect(run(metagptWriteCommand, folder, ["write", ".", "--to", "y"])).rejects.toMatchObject(
      refusal("design.none"),
    );
  });
});
