/** The sample file of each language. Their endings are hidden from the project's own tools. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const grammars = fileURLToPath(new URL("../../../grammars", import.meta.url));
const folder = fileURLToPath(new URL("fixtures", import.meta.url));

export interface Fixture {
  /** As if it were the file's own: "go.go". */
  readonly path: string;
  readonly text: string;
  /** Where the expected facts are. */
  readonly facts: string;
}

export const fixtures: readonly Fixture[] = readdirSync(folder)
  .filter((name) => name.endsWith(".txt"))
  .map((name) => ({
    path: name.slice(0, -".txt".length),
    text: readFileSync(join(folder, name), "utf8"),
    facts: join(folder, name.replace(/txt$/, "facts")),
  }));
