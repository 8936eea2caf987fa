/** Which run a word on the command line means. */
import type { ClientConnection } from "../../protocol/index.ts";
import { NexusError, nexusError } from "../../protocol/index.ts";

/** A run's whole id from its beginning, or from `latest`. Throws `run.unknown`, or `usage.invalid` when several fit. */
export async function findRun(connection: ClientConnection, word = ""): Promise<string> {
  if (word === "latest") {
    const { runs } = await connection.request("run/list", { limit: 1 });
    if (runs[0] === undefined) throw nexusError("run.unknown", "There are no runs yet.");
    return runs[0].runId;
  }
  const exact = await connection.request("run/show", { runId: word.slice(0, 80) }).catch((error: unknown) => {
    if (error instanceof NexusError && error.value.code === "run.unknown") return undefined;
    throw error;
  });
  if (exact !== undefined) return exact.run.runId;
  const found = await runsBeginningWith(connection, word);
  if (found.length > 1) throw nexusError("usage.invalid", `“${word}” fits ${found.slice(0, 5).join(", ")}.`);
  if (found[0] === undefined) throw nexusError("run.unknown", word);
  return found[0];
}

async function runsBeginningWith(connection: ClientConnection, prefix: string): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof listPage>> = await listPage(connection, cursor);
    found.push(...page.runs.map((run) => run.runId).filter((runId) => runId.startsWith(prefix)));
    cursor = page.nextCursor;
  } while (cursor !== null && found.length < 2);
  return found;
}

function listPage(connection: ClientConnection, cursor: string | null) {
  return connection.request("run/list", { limit: 500, ...(cursor === null ? {} : { cursor }) });
}
