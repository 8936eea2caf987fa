import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { StdioServer } from "../../../daemon/connectors/mcp/config.ts";
import { findSandbox } from "../../../daemon/security/sandbox/find.ts";
import type { SandboxRules } from "../../../daemon/security/sandbox/sandbox.ts";
import { runProgram, startedServer } from "../../../daemon/tools/foreign/programs.ts";
import { makeFolder, put } from "../workspace.ts";

const never = new AbortController().signal;
const wall = (await findSandbox()).kind;
const env = { PATH: process.env["PATH"], SECRET_KEY: "x", NODE_OPTIONS: "--x" };
const server = (more: Partial<StdioServer> = {}): StdioServer => ({
  ...{ kind: "stdio", name: "a", source: "user", timeoutMs: 1000 },
  ...{ argv: ["server", "word"], env: { TOKEN: "t" }, hosts: ["x.example"], sandbox: true },
  ...more,
});

/** A wall that says what it was asked for. */
function recorded() {
  const asked: SandboxRules[] = [];
  let disposed = 0;
  const sandbox = async () => ({
    kind: "bubblewrap" as const,
    async confine(argv: readonly [string, ...string[]], inside: Readonly<Record<string, string>>, rules: SandboxRules) {
      asked.push(rules);
      if (argv[0] === "refuse") throw new Error("no wall today");
      return { argv, env: inside, dispose: async () => void disposed++ };
    },
  });
  return { asked, options: { sandbox, hidden: ["/data"], env }, disposed: () => disposed };
}

it("puts a server behind the wall, with a folder of its own and few variables", async () => {
  const { asked, options, disposed } = recorded();
  const started = await startedServer(options, "/workspace", server());
  expect(asked).toEqual([{ root: started.cwd, readable: ["/workspace"], hosts: ["x.example"], hidden: ["/data"] }]);
  expect(started.env).toMatchObject({ PATH: env.PATH, TOKEN: "t" });
  for (const name of ["SECRET_KEY", "NODE_OPTIONS"]) expect(started.env).not.toHaveProperty(name);
  expect(existsSync(started.cwd)).toBe(true);
  await started.dispose();
  expect(existsSync(started.cwd)).toBe(false);
  expect(disposed()).toBe(1);
  await expect(startedServer(options, "/workspace", server({ argv: ["refuse"] }))).rejects.toThrow("no wall today");
  expect(existsSync(asked[1]?.root ?? "")).toBe(false);
});

it("starts a server in the workspace where there is no wall, or the user wants none", async () => {
  const { options } = recorded();
  const none = async () => ({ kind: "none", reason: "" }) as const;
  expect(await startedServer({ ...options, sandbox: none }, "/w", server())).toMatchObject({ cwd: "/w" });
  expect(await startedServer(options, "/w", server({ sandbox: false }))).toMatchObject({
    cwd: "/w",
    argv: ["server", "word"],
  });
});

it.skipIf(wall === "none")("keeps a plug-in from writing outside of the copy, and from the data folder", async () => {
  const copy = makeFolder();
  const plugIn = makeFolder({
    "run.sh": 'cat; echo in > inside; echo out > "$(dirname "$0")/outside"; cat "$1"; true',
  });
  const data = makeFolder({ token: "hidden-token" });
  const end = await runProgram(
    { sandbox: findSandbox, hidden: [data], env: process.env },
    {
      argv: ["sh", join(plugIn, "run.sh"), join(data, "token")],
      ...{ root: copy, readable: [plugIn], hosts: [], input: "given ", timeoutMs: 20_000, signal: never },
    },
  );
  expect(end.stdout).toMatch(/^given /);
  expect(end.stdout).not.toContain("hidden-token");
  expect(existsSync(join(copy, "inside"))).toBe(true);
  expect(existsSync(join(plugIn, "outside"))).toBe(false);
  put(copy, "done", "");
});
