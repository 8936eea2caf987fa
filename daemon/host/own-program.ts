/** How another program starts this one: by absolute paths, without a shell, a search path or a script in between. */
import { realPath } from "./files.ts";

export interface OwnProgram {
  /** Node itself, so that a `.cmd` or a `#!/usr/bin/env node`, which some editors cannot start, is not needed. */
  readonly command: string;
  /** What comes before the arguments of a command of ours. */
  readonly args: readonly string[];
}

/** Links that installers keep pointing at the Node of the day; the file they lead to often has a version in its path. */
const LASTING_LINKS = [
  "/usr/local/bin/node",
  "/opt/homebrew/bin/node",
  "/home/linuxbrew/.linuxbrew/bin/node",
  "/usr/bin/node",
];

/** `main`: absolute path of daemon/main. */
export async function ownProgram(
  main: string,
  node = process.execPath,
  links: readonly string[] = LASTING_LINKS,
): Promise<OwnProgram> {
  const target = await realPath(node).catch(() => node);
  for (const link of links) {
    const found = await realPath(link).catch(() => undefined);
    if (found === target) return { command: link, args: [main] };
  }
  return { command: node, args: [main] };
}
