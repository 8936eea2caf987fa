/** Serves A2A where the settings say so, with a token that stays the same, and says where. */
import { join } from "node:path";
import { removeFile, writeAtomically } from "../../../host/files.ts";
import { keptToken } from "../bearer.ts";
import { type A2aOptions, type A2aServer, startA2a } from "./server.ts";

/**
 * Undefined, with a line in the log, where it cannot be served: a port that is taken must not keep the daemon from its
 * other work. `<home>/a2a.token` and `<home>/a2a.json` (its address) are for the user alone.
 */
export async function openA2a(home: string, options: Omit<A2aOptions, "token">): Promise<A2aServer | undefined> {
  const about = join(home, "a2a.json");
  try {
    const server = await startA2a({ ...options, token: await keptToken(join(home, "a2a.token")) });
    await writeAtomically(about, `${JSON.stringify({ url: server.url, workspace: options.workspace })}\n`, 0o600);
    options.log.write("info", "A2A is served", { url: server.url, workspace: options.workspace });
    return { url: server.url, close: () => server.close().then(() => removeFile(about)) };
  } catch (error) {
    options.log.write("error", "A2A is not served", { error });
    return undefined;
  }
}
