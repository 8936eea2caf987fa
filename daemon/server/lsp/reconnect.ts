/** Tells the person when the daemon is away, and takes it up again when somebody has started it. */
import type { NexusError } from "../../../protocol/errors.ts";
import { wordsOf } from "./errors.ts";
import type { Face } from "./feature.ts";

/** How often it is looked for; looking is reading one small file. */
const LOOK_MS = 2000;

/** The function ends it. */
export function watchDaemon(
  { link, clock, say, connection }: Pick<Face, "link" | "clock" | "say" | "connection">,
  isDaemonUp: () => Promise<boolean>,
): () => void {
  let isAway = false;
  let wasThere = false;
  let cancel: () => void = () => undefined;

  function lost(error: NexusError): void {
    if (isAway) return;
    isAway = true;
    const isEnded = wasThere && error.value.code === "daemon.unreachable";
    const why = isEnded ? "The connection to Nexus' daemon ended." : wordsOf(error);
    say("warning", `${why} What needs it works again when it is back; the next command starts it.`);
    lookLater();
  }

  function lookLater(): void {
    cancel();
    cancel = clock.timer(LOOK_MS, () => void look().catch(lookLater));
  }

  async function look(): Promise<void> {
    if (!isAway) return;
    if (await isDaemonUp()) await link.request("daemon/status", {});
    else lookLater();
  }

  const ends = [
    link.onLost(lost),
    link.onConnected(() => {
      if (isAway) connection.console.info("The daemon is back.");
      isAway = false;
      wasThere = true;
      cancel();
    }),
  ];
  return () => {
    for (const end of ends) end();
    cancel();
  };
}
