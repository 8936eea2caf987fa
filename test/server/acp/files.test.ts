/** Files through the editor: what it has not saved counts, and it takes the change; another text of it stops everything. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { PromptRequest, RequestPermissionRequest } from "@agentclientprotocol/sdk";
import { afterEach, expect, it } from "vitest";
import { type AcpScene, startAcp } from "../../support/acp.ts";
import type { Script } from "../../support/scripted/script.ts";

let scene: AcpScene;

afterEach(async () => {
  await scene.close();
});

const edits = [{ search: "- ", replace: "+ " }];
const SUM = { "sum.js": "// saved\nexport const sum = (a, b) => a - b;\n", "other.js": "1\n" };
const SCRIPT: Script = [
  {
    when: { turn: 0 },
    reply: {
      toolCalls: [
        { tool: "edit_file", arguments: { path: "sum.js", edits } },
        { tool: "write_file", arguments: { path: "new.js", content: "2\n" } },
      ],
    },
  },
  { when: { turn: 1 }, reply: { text: "It adds." } },
];
const EDITOR = { fs: { readTextFile: true, writeTextFile: true } };
const accept = ({ options }: RequestPermissionRequest) => options.find(({ kind }) => kind === "allow_once")?.optionId;

function promptAbout(sessionId: string): PromptRequest {
  const uri = pathToFileURL(join(scene.engine.workspace, "sum.js")).href;
  return {
    sessionId,
    prompt: [
      { type: "text", text: "Fix sum in" },
      { type: "resource_link", name: "sum.js", uri },
    ],
  };
}

it("begins with what the editor has not saved, and puts the change into it", async () => {
  scene = await startAcp({ files: SUM, script: SCRIPT });
  const path = join(scene.engine.workspace, "sum.js");
  const buffers = new Map([[path, "// not saved\nexport const sum = (a, b) => a - b;\n"]]);
  const client = await scene.open({ permission: accept, buffers }, { capabilities: EDITOR });
  const sessionId = await client.newSession();
  await client.connection.agent.request("session/prompt", promptAbout(sessionId));
  expect(client.asked[0]?.toolCall.content).toMatchObject([
    { type: "diff", path: expect.stringContaining("new.js") },
    { type: "diff", oldText: expect.stringContaining("not saved"), newText: expect.stringContaining("a + b") },
  ]);
  expect(buffers.get(path)).toBe("// not saved\nexport const sum = (a, b) => a + b;\n");
  expect(buffers.get(join(scene.engine.workspace, "new.js"))).toBe("2\n");
  expect(scene.engine.read("new.js")).toBe("2\n");
  // The editor of this test keeps its buffers to itself: the file is left to the person's save.
  expect(scene.engine.read("sum.js")).toBe(SUM["sum.js"]);
  const { runs } = await (await scene.nexus()).request("run/list", { sessionId });
  expect(runs).toMatchObject([{ status: "done", pendingFiles: 0 }]);
});

it("writes nothing where the editor has another text than the change was made from", async () => {
  scene = await startAcp({ files: SUM, script: SCRIPT });
  const path = join(scene.engine.workspace, "sum.js");
  const buffers = new Map<string, string>();
  const permission = (asked: RequestPermissionRequest) => {
    buffers.set(path, "typed meanwhile\n");
    return accept(asked);
  };
  const client = await scene.open({ permission, buffers }, { capabilities: EDITOR });
  const sessionId = await client.newSession();
  await client.prompt(sessionId, "Fix sum in sum.js");
  expect(scene.engine.read("new.js")).toBeUndefined();
  expect(buffers.get(path)).toBe("typed meanwhile\n");
  const end = client.updates.findLast((update) => update.sessionUpdate === "tool_call_update");
  expect(end).toMatchObject({
    status: "failed",
    content: [{ content: { text: expect.stringContaining("sum.js: your editor") } }],
  });
});
