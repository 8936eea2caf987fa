/** The way out to one server of ours, for a command that has a network of its own: a Unix socket, and the bridge to it. */
import { join } from "node:path";
import { forwardSocket } from "../../host/forward.ts";
import { bridgeProgram } from "../../host/programs.ts";

const INSIDE = "/run/nexus";

type Argv = readonly [string, ...string[]];

export interface LocalWay {
  readonly mounts: readonly (readonly string[])[];
  /** Starts the bridge before the command; inside, the server has the port that it has outside. */
  wrap(argv: Argv): Argv;
  close(): Promise<void>;
}

export async function startLocalWay(scratch: string, port: number): Promise<LocalWay> {
  const socket = join(scratch, "local.sock");
  const { close } = await forwardSocket(socket, port);
  const { node, file, name } = bridgeProgram();
  const inside = { node: `${INSIDE}/local-node`, file: `${INSIDE}/local-${name}`, socket: `${INSIDE}/local.sock` };
  return {
    close,
    mounts: [
      ["--ro-bind", node, inside.node],
      ["--ro-bind", file, inside.file],
      ["--bind", socket, inside.socket],
    ],
    wrap: (argv) => [inside.node, "--no-warnings", inside.file, inside.socket, String(port), ...argv],
  };
}
