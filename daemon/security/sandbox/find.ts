/** Looks once which wall this machine has, by building one: a program that is there may still not be allowed to work. */
import { isExecutable, readText } from "../../host/files.ts";
import { hostPlatform, runProcess } from "../../host/processes.ts";
import { removeLostScratch } from "../../host/scratch.ts";
import { createBubblewrap, ISOLATION, systemMounts } from "./bubblewrap.ts";
import type { FoundSandbox } from "./sandbox.ts";
import { createSeatbelt } from "./seatbelt.ts";

/** Never through PATH: a folder of it may belong to a workspace. */
const BUBBLEWRAP = [
  "/usr/bin/bwrap",
  "/bin/bwrap",
  "/usr/local/bin/bwrap",
  "/run/wrappers/bin/bwrap",
  "/run/current-system/sw/bin/bwrap",
];
const SEATBELT = "/usr/bin/sandbox-exec";
const PROBE_MS = 5000;

let found: Promise<FoundSandbox> | undefined;

/** The same answer for the life of the process; never rejects. */
export function findSandbox(): Promise<FoundSandbox> {
  found ??= lookForSandbox(hostPlatform).catch((error: unknown) => ({
    kind: "none",
    reason: `The probe failed: ${String(error)}`,
  }));
  return found;
}

/** Rejects where not even looking is possible. `bubblewrap`: where it may be. */
export async function lookForSandbox(platform: NodeJS.Platform, bubblewrap = BUBBLEWRAP): Promise<FoundSandbox> {
  await removeLostScratch();
  if (platform === "linux") return probeBubblewrap(bubblewrap);
  if (platform !== "darwin") return { kind: "none", reason: "This system has no sandbox that Nexus can use." };
  return (await isExecutable(SEATBELT)) &&
    (await works([SEATBELT, "-p", "(version 1)(allow default)", "/usr/bin/true"])) === undefined
    ? createSeatbelt(SEATBELT)
    : { kind: "none", reason: `${SEATBELT} is missing or does not work.` };
}

async function probeBubblewrap(places: readonly string[]): Promise<FoundSandbox> {
  const there = await Promise.all(places.map(isExecutable));
  const program = places.find((_, index) => there[index]);
  if (program === undefined)
    return {
      kind: "none",
      reason: "bubblewrap is not installed. Install the package “bubblewrap” and restart the daemon.",
    };
  const rest = [...(await systemMounts()).flat(), "--", "/bin/sh", "-c", ":"];
  let problem = "";
  // The first takes from the command what it could build more namespaces with; older versions do not know it.
  for (const flags of [["--unshare-user", "--disable-userns"], []]) {
    const failed = await works([program, ...ISOLATION, ...flags, ...rest]);
    if (failed === undefined) return createBubblewrap({ program, flags });
    problem = failed;
  }
  return { kind: "none", reason: `${program} does not work here: ${problem} ${await advice()}`.trim() };
}

/** Undefined when it ended well, otherwise why not, in one line. */
async function works(argv: readonly [string, ...string[]]): Promise<string | undefined> {
  const result = await runProcess({
    command: { argv },
    cwd: "/",
    env: { PATH: "/usr/bin:/bin" },
    timeoutMs: PROBE_MS,
  }).catch((error: unknown) => ({ exitCode: null, output: Buffer.from(String(error)) }));
  return result.exitCode === 0 ? undefined : `${result.output.toString().trim().split("\n")[0] || "no answer"}.`;
}

const RESTRICTED = "/proc/sys/kernel/apparmor_restrict_unprivileged_userns";

async function advice(): Promise<string> {
  if ((await readText(RESTRICTED).catch(() => undefined))?.trim() === "1")
    return "AppArmor keeps programs from making user namespaces; docs/sandbox.md shows the profile that allows it for bubblewrap.";
  return "Containers often forbid user namespaces; docs/sandbox.md says what to allow.";
}
