/** A three-way merge of one text, by git's own program for it. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { makeFolder, removeTree } from "../../../host/files.ts";
import { tryGit } from "../../../host/git.ts";
import { writeFlushed } from "../../../host/place.ts";
import type { Sides } from "./sides.ts";

export interface Marks {
  /** How many characters a mark has. */
  readonly size: number;
  readonly labels: Sides<string>;
}

/** Undefined: one of them is no text. Without `marks` a conflict has git's own. */
export async function mergeText(
  home: string,
  texts: Sides<Buffer>,
  marks?: Marks,
): Promise<{ clean: boolean; bytes: Buffer } | undefined> {
  if ([texts.base, texts.ours, texts.theirs].some((bytes) => bytes.includes(0))) return undefined;
  const folder = join(home, "tmp", `merge-${randomBytes(8).toString("hex")}`);
  await makeFolder(folder, 0o700);
  try {
    for (const side of ["base", "ours", "theirs"] as const)
      await writeFlushed(join(folder, side), texts[side], { mode: 0o600, exact: false });
    const options = marks === undefined ? [] : optionsOf(marks);
    const { exitCode, stdout } = await tryGit({ folder }, "merge-file", "-p", ...options, "ours", "base", "theirs");
    // A number of conflicts, or 255.
    return exitCode > 127 ? undefined : { clean: exitCode === 0, bytes: stdout };
  } finally {
    await removeTree(folder);
  }
}

function optionsOf({ size, labels }: Marks): string[] {
  const { ours, base, theirs } = labels;
  return ["--diff3", `--marker-size=${size}`, "-L", ours, "-L", base, "-L", theirs];
}
