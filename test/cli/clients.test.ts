/** nexus clients, and what nexus rpc refuses. */
import { expect, it } from "vitest";
import { clientsCommand } from "../../daemon/cli/clients.ts";
import { parseCommandLine } from "../../daemon/cli/parse.ts";
import { rpcCommand } from "../../daemon/cli/rpc.ts";
import { createFakeConnection, createTestContext, createTestTerminal } from "../support/cli.ts";

const clients = [
  {
    ...{ connectionId: "a", name: "nexus", title: "Neovim 0.7.2", face: "lsp", role: "human" },
    ...{ since: "2026-01-01T10:20:30.000Z", runs: ["r"], runCount: 1, pingMs: 3.4 },
  },
  {
    ...{ connectionId: "b", name: "evil\u001b[2J", title: null, face: "program", role: "automation" },
    ...{ since: "2026-01-01T10:21:30.000Z", runs: [], runCount: 0, pingMs: null },
  },
];

async function run(words: readonly string[]) {
  const invocation = parseCommandLine(words);
  if (invocation.kind !== "run") throw new Error("no command");
  const terminal = createTestTerminal();
  const connection = createFakeConnection({ "presence/list": { you: "b", clients } });
  const context = createTestContext(terminal, [connection]);
  const command = invocation.name === "rpc" ? rpcCommand : clientsCommand;
  return { code: await command(context, invocation.arguments), text: terminal.stdout(), connection };
}

it("lists who is connected", async () => {
  const { code, text, connection } = await run(["clients", "--ping"]);
  expect(code).toBe(0);
  expect(text.split("\n")).toEqual([
    "Neovim 0.7.2  language server  for a person  since 2026-01-01 10:20  watches 1 run  answers in 3 ms",
    "evil␛[2J      program          for a script  since 2026-01-01 10:21                 no answer        (this command)",
    "",
  ]);
  expect(connection.requests).toEqual([{ name: "presence/list", params: { ping: true } }]);
});

it("prints them as JSON", async () => {
  const { text } = await run(["clients", "--json"]);
  expect(JSON.parse(text)).toEqual({ you: "b", clients });
});

it("says over what to speak", async () => {
  await expect(run(["rpc"])).rejects.toMatchObject({ value: { code: "usage.invalid" } });
  expect(() => parseCommandLine(["rpc", "--stdio", "--as", "agent"])).toThrow(/human, automation/);
});
