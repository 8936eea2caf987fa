/** The Nexus protocol over `nexus rpc --stdio`: a process of its own between the client and the daemon. */
import type { Face } from "./face.ts";
import type { Place } from "./place.ts";
import { nexusFace } from "./rpc.ts";
import { openStdio } from "./stdio-session.ts";

export function rpcStdioFace(place: Place): Face {
  const open = (isKnown: boolean) =>
    openStdio(
      {
        place,
        words: ["rpc", "--stdio", "--as", "human"],
        kind: "lines",
        frame: (text) => Buffer.from(`${text}\n`),
        probe: "daemon/status",
        params: {},
        async greet(channel) {
          const opened = await channel.ask("connection/open", { client: { name: "fuzz" } });
          if (opened["error"] !== undefined) throw new Error(JSON.stringify(opened));
        },
      },
      isKnown,
    );
  // Each client is a process, and a stranger here is only one that has not named itself.
  return { ...nexusFace("rpc-stdio", place, open), strangerEvery: 40 };
}
