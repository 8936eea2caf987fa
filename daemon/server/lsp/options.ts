/** What the face needs from the program that it is a part of. */
import type { Readable, Writable } from "node:stream";
import type { ClientConnection } from "../../../protocol/index.ts";
import type { Clock } from "../../host/clock.ts";
import type { CreateFeature, RunDefaults } from "./feature.ts";

export interface LspOptions {
  readonly input: Readable;
  readonly output: Writable;
  /** Reaches the daemon, or starts it; `title` is what the client calls itself. */
  connect(title: string): Promise<ClientConnection>;
  /** Whether a daemon runs: one that was stopped is not started again only to be watched. */
  isDaemonUp(): Promise<boolean>;
  /** Absolute path of the folder for texts that the client is to show. */
  readonly reportFolder: string;
  runDefaults(): Promise<RunDefaults>;
  readonly version: string;
  readonly clock: Clock;
  /** The client's process, where its command line names it; `initialize` may name it too. */
  readonly clientPid?: number;
  isAlive(pid: number): boolean;
  readonly features: readonly CreateFeature[];
}
