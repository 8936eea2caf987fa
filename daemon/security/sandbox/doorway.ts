/** The way in to a server behind the wall, which has a network of its own: a Unix socket, and a program inside. */
import { join } from "node:path";
import { type Door, listenDoor } from "../../host/door.ts";
import { doorProgram } from "../../host/programs.ts";

const INSIDE = "/run/nexus";

type Argv = readonly [string, ...string[]];

export interface Doorway {
  readonly mounts: readonly (readonly string[])[];
  readonly door: Door;
  /** Starts the program before the command. */
  wrap(argv: Argv): Argv;
}

/**
 * The socket is made outside, so that a command cannot put a link to another one in its place; all that a command gains by
 * it is to be asked in its server's stead.
 */
export async function startDoorway(scratch: string, port: number): Promise<Doorway> {
  const socket = join(scratch, "door.sock");
  const door = await listenDoor(socket);
  const { node, file, name } = doorProgram();
  const inside = { node: `${INSIDE}/door-node`, file: `${INSIDE}/${name}`, socket: `${INSIDE}/door.sock` };
  return {
    door,
    mounts: [
      ["--ro-bind", node, inside.node],
      ["--ro-bind", file, inside.file],
      ["--bind", socket, inside.socket],
    ],
    wrap: (argv) => [inside.node, "--no-warnings", inside.file, inside.socket, String(port), ...argv],
  };
}
