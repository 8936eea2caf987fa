import { expect, it } from "vitest";
import { parseCommandLine } from "../../daemon/cli/parse.ts";
import { sessionsDeleteCommand, sessionsListCommand } from "../../daemon/cli/sessions.ts";
import { nexusError } from "../../protocol/index.ts";
import { createFakeConnection, createTestContext, createTestTerminal } from "../support/cli.ts";

const at = "2026-01-01T00:00:00.000Z";
const session = { sessionId: "s-1", workspace: "/work", title: "Fix\u001b[2J it", settings: { mode: "plan" as const } };
const page = { sessions: [{ ...session, createdAt: at, updatedAt: at }], nextCursor: "a" };

async function run(line: string) {
  const connection = createFakeConnection({
    "session/list": page,
    "session/delete": ({ sessionId }: { sessionId: string }) =>
      sessionId === "s-1" ? {} : nexusError("session.unknown", sessionId),
  });
  const invocation = parseCommandLine(line.split(" "));
  if (invocation.kind !== "run") throw new Error("no command");
  const command = invocation.name === "sessions list" ? sessionsListCommand : sessionsDeleteCommand;
  const terminal = createTestTerminal();
  const code = await command(createTestContext(terminal, [connection]), invocation.arguments);
  return { code, out: terminal.stdout() };
}

it("lists sessions as a table that shows control characters, or the page as it is", async () => {
  const { out } = await run("sessions list");
  expect(out.split("\n")[0]).toMatch(/SESSION +MODE +USED +FOLDER +TITLE/);
  expect(out).toMatch(/s-1 +plan .* ago +\/work +Fix/);
  expect(out).not.toContain("\u001b");
  expect(out).toContain("There are more: --limit 100");
  expect(JSON.parse((await run("sessions list --json")).out)).toEqual(page);
  await expect(run("sessions list --limit 101")).rejects.toThrow(/--limit/);
});

it("deletes one, and says that its runs stay", async () => {
  expect(await run("sessions delete s-1")).toMatchObject({ code: 0, out: expect.stringContaining("Its runs stay") });
  await expect(run("sessions delete s-2")).rejects.toMatchObject({ value: { code: "session.unknown" } });
});
