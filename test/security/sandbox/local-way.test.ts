/** A program that may reach one server of ours: that port, and nothing else of this machine or the world. */
import { createServer } from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import { runProcess } from "../../../daemon/host/processes.ts";
import { findSandbox } from "../../../daemon/security/sandbox/find.ts";
import { hasBubblewrap, makeTree, why } from "./boxes.ts";

async function serve(): Promise<number> {
  const server = createServer((request, response) => response.end(`hello ${request.headers.host}`));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

const GET = `fetch("http://127.0.0.1:" + process.argv[1]).then(async (a) => console.log(await a.text()), () => console.log("nothing"))`;

describe.skipIf(!hasBubblewrap)(`a way out to one server behind bubblewrap${why}`, () => {
  async function ask(port: number, reaches?: number): Promise<string> {
    const sandbox = await findSandbox();
    if (sandbox.kind === "none") throw new Error(sandbox.reason);
    const root = makeTree();
    const env = { HOME: root, PATH: process.env["PATH"] ?? "" };
    const rules = { root, readable: [], hidden: [], hosts: [], isScratch: true };
    const argv = [process.execPath, "-e", GET, String(port)] as const;
    const { dispose, ...confined } = await sandbox.confine(argv, env, {
      ...rules,
      ...(reaches === undefined ? {} : { reaches }),
    });
    const result = await runProcess({ command: { argv: confined.argv }, cwd: root, env: confined.env });
    await dispose();
    return result.output.toString().trim();
  }

  it("leads to its port under the same number, and to no other", async () => {
    const [port, other] = [await serve(), await serve()];
    expect(await ask(port, port)).toBe(`hello 127.0.0.1:${port}`);
    expect(await ask(other, port)).toBe("nothing");
    expect(await ask(port)).toBe("nothing");
  });

  it("keeps nothing of a scratch folder from its program, not even a repository's own files", async () => {
    const sandbox = await findSandbox();
    if (sandbox.kind === "none") throw new Error(sandbox.reason);
    const root = makeTree({ "shop/.git/config": "" });
    const rules = { root, readable: [], hidden: [], hosts: [], isScratch: true };
    const line = "echo x > shop/.git/config && mkdir .git .vscode && echo made";
    const confined = await sandbox.confine(["/bin/sh", "-c", line], { HOME: root, PATH: "/usr/bin:/bin" }, rules);
    const result = await runProcess({ command: { argv: confined.argv }, cwd: root, env: confined.env });
    await confined.dispose();
    expect(result.output.toString().trim()).toBe("made");
  });
});
