/** What a task, and the run around it, changed so far, and what stood there before. Git looks; nothing is written. */
import { gitOutput } from "../../memory/listing.ts";

export interface TaskFiles {
  /** Paths from the root, with slashes, sorted; deleted ones too. */
  readonly changed: readonly string[];
  /** Text of a file at the commit; undefined: it was not there. */
  before(path: string): Promise<string | undefined>;
}

/** `start`: the commit to compare the copy at `root` with. */
export async function filesSince(root: string, start: string, signal: AbortSignal): Promise<TaskFiles> {
  const [changed, added] = await Promise.all([
    gitOutput(root, ["diff", "--name-only", "--no-renames", "--no-ext-diff", "--relative", "-z", start], signal),
    gitOutput(root, ["ls-files", "-z", "--others", "--exclude-standard"], signal),
  ]);
  const paths = `${changed ?? ""}\0${added ?? ""}`.split("\0").filter((path) => path !== "" && !path.endsWith("/"));
  return {
    changed: [...new Set(paths)].sort(),
    before: (path) => gitOutput(root, ["cat-file", "blob", `${start}:./${path}`], signal),
  };
}
