/** How an editor starts a face of ours. */
import type { OwnProgram } from "../../host/own-program.ts";

export interface Start {
  readonly command: string;
  readonly args: readonly string[];
  /** What the editor would otherwise not know: where the data folder was moved to. */
  readonly env: Readonly<Record<string, string>>;
}

export type StartFace = (...words: readonly string[]) => Start;

export function startsOf(program: OwnProgram, nexusHome: string | undefined): StartFace {
  const env: Record<string, string> = nexusHome ? { NEXUS_HOME: nexusHome } : {};
  return (...words) => ({ command: program.command, args: [...program.args, ...words], env });
}
