/** Attacks and twins that are the same in every setting, so they are carried out in one: nobody is there, the folder is trusted. */
import { startScriptedOpenAi } from "../support/scripted-openai.ts";
import { afterwards } from "./afterwards.ts";
import type { AttackResult, Part, TwinResult } from "./attacks.ts";
import { A2A_ATTACKS, A2A_SCRIPT, A2A_TWINS } from "./cases/a2a.ts";
import { FACE_TWINS } from "./cases/face-twins.ts";
import { FACE_ATTACKS } from "./cases/faces.ts";
import { FALSE_ATTACKS, FALSE_TWINS } from "./cases/falsehoods.ts";
import { MERGE_ATTACKS, MERGE_TWINS } from "./cases/merges.ts";
import { PLAN_ATTACKS, PLAN_TWINS } from "./cases/plans.ts";
import { RECORD_ATTACKS, RECORD_TWINS } from "./cases/records.ts";
import { FIELD_TWINS } from "./cases/workflows.ts";
import { type Daemon, type Mode, nameOf, startDaemon } from "./drive.ts";
import { startHostileServer } from "./hostile-server.ts";
import { makePlace } from "./place.ts";
import { playScene, type SceneCase } from "./scene.ts";

/** Its `attack` is the legitimate action: how it ended, or what stood in its way. */
export type SceneTwin = Omit<SceneCase, "owasp">;

export const ONCE_ATTACKS: readonly SceneCase[] = [
  ...A2A_ATTACKS,
  ...MERGE_ATTACKS,
  ...RECORD_ATTACKS,
  ...PLAN_ATTACKS,
  ...FALSE_ATTACKS,
  ...FACE_ATTACKS,
];

export const SCENE_TWINS: readonly SceneTwin[] = [
  ...A2A_TWINS,
  ...MERGE_TWINS,
  ...RECORD_TWINS,
  ...PLAN_TWINS,
  ...FALSE_TWINS,
  ...FACE_TWINS,
  ...FIELD_TWINS,
];

const MODE: Mode = { headless: true, trusted: true };

/** One daemon for all, which serves A2A for a folder of its own; a workspace for each scene. */
export async function runOnce(attacks: readonly SceneCase[], twins: readonly SceneTwin[]): Promise<Part> {
  const main = await makePlace();
  const evil = await startHostileServer([]);
  const model = await startScriptedOpenAi(main.fill(A2A_SCRIPT, ""));
  const own = { provider: "openai", model: "scripted", baseUrl: model.url, apiKey: "test-key-0123456789" };
  const a2a = { workspace: main.workspace, port: 0 };
  const daemon = await startDaemon(main, { ...own, price: { input: 0, output: 0 }, a2a, webSocket: { port: 0 } });
  const setting = { daemon, mode: MODE, evil, main };
  try {
    const told: AttackResult[] = [];
    for (const scene of attacks) told.push({ id: scene.id, mode: "any client", ...(await playScene(scene, setting)) });
    const done: TwinResult[] = [];
    for (const twin of twins) {
      const { problem } = await playScene({ ...twin, owasp: "ASI03" }, setting);
      done.push({ id: twin.id, mode: nameOf(MODE), problem });
    }
    return { attacks: told, twins: done, afterwards: await afterwards(daemon, main, MODE) };
  } finally {
    await close(daemon);
    await model.close();
    await evil.close();
    await main.close();
  }
}

async function close({ connection, nexus }: Daemon): Promise<void> {
  connection.close();
  await nexus.close();
}
