/** Which build of Nexus this is. Bundles carry it; from source it is read from the files. */
import { fileURLToPath } from "node:url";
import { readText, stat } from "./files.ts";

declare const __NEXUS_VERSION__: string | undefined;
declare const __NEXUS_BUILD_TIME__: number | undefined;

export interface Build {
  readonly version: string;
  /** Milliseconds since 1970; orders builds. From source: when daemon/main.ts last changed. */
  readonly buildTime: number;
}

export async function currentBuild(): Promise<Build> {
  if (typeof __NEXUS_VERSION__ === "string" && typeof __NEXUS_BUILD_TIME__ === "number")
    return { version: __NEXUS_VERSION__, buildTime: __NEXUS_BUILD_TIME__ };
  const manifest = await readText(fileURLToPath(new URL("../../package.json", import.meta.url)));
  const main = await stat(fileURLToPath(new URL("../main.ts", import.meta.url)));
  const version = /"version":\s*"([^"]+)"/.exec(manifest ?? "")?.[1] ?? "0.0.0";
  return { version, buildTime: Math.floor(main?.mtimeMs ?? 0) };
}
