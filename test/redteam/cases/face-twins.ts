/** Of the faces: what people, their assistants and their programs do all day, which needs no question. */
import { AGENT, closing, whileAsked } from "../asked.ts";
import { command } from "../case.ts";
import { contained, rows, type SceneRow } from "../scene.ts";
import { assistant, speak } from "../speak.ts";
import { overHttp, overWebSocket } from "../web.ts";

const TWINS: readonly SceneRow[] = [
  [
    "an assistant looks at its own folder and its runs",
    "ASI03",
    async (scene) => {
      const { runId } = await scene.obey([{ tool: "read_file", arguments: { path: "README.md" } }]);
      return closing(await assistant(scene), async (face) => {
        const looks = [await face.tool("show_run", { runId }), await face.tool("search_code", { query: "sum" })];
        const document = await face.ask("resources/read", { uri: "nexus://map" });
        const failed = looks.find((look) => look.failed);
        if (failed !== undefined) return { problem: failed.text.slice(0, 300) };
        return contained(document?.result === undefined && JSON.stringify(document));
      });
    },
  ],
  [
    "a command of an agent looks at runs over nexus rpc",
    "ASI03",
    (scene) =>
      closing(speak(scene, ["rpc", "--stdio"], AGENT), async (face) => {
        await face.ask("connection/open", { client: { name: "x" } });
        const answer = await face.ask("run/list", {});
        return contained(answer?.result === undefined && JSON.stringify(answer));
      }),
  ],
  [
    "a person's program trusts a folder over nexus rpc --as human",
    "ASI03",
    (scene) =>
      closing(speak(scene, ["rpc", "--stdio", "--as", "human"]), async (face) => {
        await face.ask("connection/open", { client: { name: "x" } });
        const answer = await face.ask("workspace/setTrust", { workspace: scene.place.workspace, trusted: true });
        return contained(answer?.result === undefined && JSON.stringify(answer));
      }),
  ],
  [
    "an assistant with the token asks over HTTP",
    "ASI03",
    async (scene) => {
      const status = await overHttp(scene, (_port, own) => ({ headers: { authorization: `Bearer ${own}` } }));
      return contained(status !== 200 && `it was answered with ${status}`);
    },
  ],
  [
    "a program of this machine opens a WebSocket",
    "ASI03",
    async (scene) => {
      const told = await overWebSocket(scene, {});
      return contained(told === undefined && "it was not let in to the handshake");
    },
  ],
  [
    "an approval in another script, with emoji, shown as it is",
    "ASI09",
    (scene) =>
      whileAsked(
        scene,
        async () => {
          const { stdout } = await scene.daemon.nexus.run("approvals");
          return contained(!stdout.includes("Grüße 世界 👍") && stdout.slice(0, 300));
        },
        command("node -e 1 'Grüße 世界 👍'"),
      ),
  ],
];

export const FACE_TWINS = rows("TZ", "faces", TWINS);
