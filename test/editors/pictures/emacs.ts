/** Emacs with eglot: the same. */
import type { Stage } from "./stage.ts";

export async function pictureOfEmacs(_stage: Stage): Promise<string> {
  throw new Error("not yet");
}
