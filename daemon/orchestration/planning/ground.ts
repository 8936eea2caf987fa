/** What can be told of the place where a plan's checks would run. */
import { join } from "node:path";
import * as z from "zod/mini";
import { readText, stat } from "../../host/files.ts";
import { hasProgram } from "../../host/programs.ts";
import type { PlanGround } from "../../planning/acceptance.ts";
import type { PolicyPlace } from "../rights/policy-place.ts";
import type { RunMemory } from "../run-memory.ts";

const Manifest = z.object({ scripts: z.optional(z.record(z.string(), z.unknown())) });
const PROGRAM_FOLDERS = ["node_modules/.bin", ".venv/bin", "venv/bin", ".venv/Scripts", "vendor/bin"];
const TARGET = /^([\w.-]+)\s*:(?!=)/gm;
const MAKEFILES = ["GNUmakefile", "makefile", "Makefile"];
/** More than that is no Makefile that anybody wrote. */
const LONGEST_MAKEFILE = 500_000;

interface GroundOptions {
  /** Where the run works, or would: the workspace or its copy. */
  readonly root: string;
  readonly place: PolicyPlace | undefined;
  /** Left out: nothing is said of symbols. */
  readonly memory?: Pick<RunMemory, "lookup">;
}

export async function groundAt({ root, place, memory }: GroundOptions): Promise<PlanGround> {
  const analyse = place?.analyse;
  const at = { root, cwd: root, linked: [], home: place?.userHome ?? null, platform: process.platform };
  const lookup = memory?.lookup;
  const folders = PROGRAM_FOLDERS.map((folder) => join(root, folder));
  return {
    ...(analyse === undefined ? {} : { analyse: (line) => analyse(line, at) }),
    hasProgram: (name) => hasProgram(name, folders),
    hasFile: async (path) => (await stat(join(root, path)).catch(() => undefined)) !== undefined,
    scripts: await scriptsAt(root),
    targets: await targetsAt(root),
    ...(lookup === undefined ? {} : { hasSymbol: (name) => isKnown(lookup, name) }),
  };
}

/** While the index is being built, every symbol may be there. */
async function isKnown(lookup: NonNullable<RunMemory["lookup"]>, name: string): Promise<boolean> {
  const found = await lookup.symbols(name, 1).catch(() => undefined);
  return found === undefined || found.length > 0;
}

async function scriptsAt(root: string): Promise<Set<string>> {
  const text = await readText(join(root, "package.json")).catch(() => undefined);
  try {
    const manifest = Manifest.safeParse(JSON.parse(text ?? "{}"));
    return new Set(Object.keys(manifest.data?.scripts ?? {}));
  } catch {
    return new Set();
  }
}

async function targetsAt(root: string): Promise<Set<string>> {
  for (const name of MAKEFILES) {
    const text = await readText(join(root, name)).catch(() => undefined);
    if (text !== undefined)
      return new Set([...text.slice(0, LONGEST_MAKEFILE).matchAll(TARGET)].flatMap(([, target]) => target ?? []));
  }
  return new Set();
}
