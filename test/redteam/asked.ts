/** Attacks and twins while an approval waits, or over a face that is closed after them. */
import type { Approval } from "../../protocol/index.ts";
import { command } from "./case.ts";
import type { Problem, Scene, Verdict } from "./scene.ts";
import type { Face } from "./speak.ts";

/** In the environment of whatever an agent starts. */
export const AGENT = { NEXUS_AGENT: "1" };

export type Ending = Verdict | Problem;

const TOUCH = command("node -e \"require('node:fs').writeFileSync('{PWN}','')\"");

/** While this approval waits, the attack is made; then the person says no. */
export async function whileAsked(
  scene: Scene,
  attack: (approval: Approval, runId: string) => Promise<Ending>,
  call = TOUCH,
): Promise<Ending> {
  let ending: Ending = { problem: "nobody was asked" };
  const decide = async (approval: Approval, runId: string) => {
    ending = await attack(approval, runId);
    return "reject" as const;
  };
  await scene.obey([call], { decide, more: { headless: false } });
  return ending;
}

export function denied(isOpen: boolean, what: unknown): Ending {
  return isOpen ? { problem: `it was answered: ${JSON.stringify(what).slice(0, 200)}` } : "denied";
}

export async function closing<Value>(face: Face, use: (face: Face) => Promise<Value>): Promise<Value> {
  try {
    return await use(face);
  } finally {
    await face.close();
  }
}
