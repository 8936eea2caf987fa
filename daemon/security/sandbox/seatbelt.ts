/** The wall on macOS: a Seatbelt profile, held by the kernel. The profile is a pure function of the rules. */
import { join } from "node:path";
import { makeFolder, realPath, removeTree } from "../../host/files.ts";
import { homeFolder, makeScratch } from "../../host/scratch.ts";
import { sandboxEnvironment } from "./box-environment.ts";
import { MISSING_FILES, MISSING_FOLDERS } from "./protected.ts";
import { startLoopbackGateway } from "./proxy.ts";
import type { Sandbox, SandboxRules } from "./sandbox.ts";
import { keysOf, toolFolders } from "./visible.ts";

export interface SeatbeltPlaces {
  readonly root: string;
  readonly home: string;
  /** Private folders that may be written. */
  readonly writable: readonly string[];
  readonly readable: readonly string[];
  readonly hidden: readonly string[];
  /** Nothing in the root is protected. */
  readonly isScratch?: boolean;
  /** The proxy's port on this machine; undefined: no network. */
  readonly proxyPort?: number;
  /** A port of the loopback interface that the command may listen on. */
  readonly served?: number;
  /** A port of the loopback interface that the command may connect to. */
  readonly reaches?: number;
}

export function createSeatbelt(program: string): Sandbox {
  return {
    kind: "seatbelt",
    async confine(argv, env, rules) {
      const scratch = await realPath(await makeScratch());
      const gateway = rules.hosts.length === 0 ? undefined : await startLoopbackGateway(rules);
      const places = await placesOf(scratch, env, rules);
      const own = { ...sandboxEnvironment(env, homeFolder(env)), ...cachesIn(places.writable[1] ?? scratch) };
      const { served, reaches, isScratch = false } = rules;
      const profile = seatbeltProfile({
        ...places,
        isScratch,
        ...(gateway === undefined ? {} : { proxyPort: gateway.port }),
        ...(served === undefined ? {} : { served }),
        ...(reaches === undefined ? {} : { reaches }),
      });
      return {
        argv: [program, "-p", profile, ...argv],
        env: { ...own, TMPDIR: join(scratch, "tmp"), ...gateway?.env },
        async dispose() {
          await gateway?.close();
          await removeTree(scratch);
        },
      };
    },
  };
}

async function placesOf(
  scratch: string,
  env: Readonly<Record<string, string>>,
  rules: SandboxRules,
): Promise<SeatbeltPlaces> {
  const home = homeFolder(env);
  const own = rules.caches ?? join(scratch, "caches");
  await makeFolder(join(scratch, "tmp"), 0o700);
  await makeFolder(own, 0o700);
  const readable = [...rules.readable, ...(await toolFolders(env, home))];
  const hidden = [...rules.hidden, ...keysOf(home)];
  return { root: rules.root, home, writable: [join(scratch, "tmp"), await realPath(own)], readable, hidden };
}

/** Seatbelt cannot put a private folder where the home folder is, so tools are told where their caches are. */
function cachesIn(folder: string): Record<string, string> {
  return {
    XDG_CACHE_HOME: join(folder, ".cache"),
    npm_config_cache: join(folder, ".npm"),
    PIP_CACHE_DIR: join(folder, ".cache", "pip"),
    GOCACHE: join(folder, ".cache", "go-build"),
    GRADLE_USER_HOME: join(folder, ".cache", "gradle"),
  };
}

/**
 * Later rules win. Everything is refused, then what the system needs is allowed, then the copy, then its protected
 * files are refused again, by pattern, so that it does not matter whether they are there.
 */
export function seatbeltProfile(places: SeatbeltPlaces): string {
  const { root, home, writable, readable, hidden, proxyPort, served, reaches, isScratch } = places;
  const system =
    "/usr /bin /sbin /System /Library /opt /private/etc /private/var/db/timezone /private/var/select /dev /nix";
  const patterns = [...MISSING_FOLDERS, ...MISSING_FILES].map(
    (name) => `(regex ${quote(`^${escapePattern(root)}/(.*/)?${escapePattern(name)}(/|$)`)})`,
  );
  return [
    "(version 1)",
    "(deny default)",
    "(allow process-exec process-fork)",
    "(allow signal (target same-sandbox))",
    "(allow sysctl-read)",
    '(allow mach-lookup (global-name "com.apple.system.opendirectoryd.libinfo") (global-name "com.apple.system.logger"))',
    "(allow file-read-metadata)",
    `(allow file-read* ${system.split(" ").map(subpath).join(" ")})`,
    `(deny file-read* ${subpath(home)})`,
    `(allow file-read* ${[...readable, ...writable].map(subpath).join(" ")})`,
    ...(hidden.length === 0 ? [] : [`(deny file-read* file-write* ${hidden.map(subpath).join(" ")})`]),
    // After what is hidden, because the copy lies in the data folder.
    `(allow file-read* file-write* ${[...writable, root].map(subpath).join(" ")})`,
    '(allow file-write-data (literal "/dev/null") (literal "/dev/zero") (literal "/dev/tty"))',
    ...(isScratch === true ? [] : [`(deny file-write* ${patterns.join(" ")})`]),
    proxyPort === undefined ? "(deny network*)" : `(allow network-outbound (remote ip "localhost:${proxyPort}"))`,
    ...(reaches === undefined ? [] : [`(allow network-outbound (remote ip "localhost:${reaches}"))`]),
    ...(served === undefined ? [] : [`(allow network-bind network-inbound (local ip "localhost:${served}"))`]),
    "",
  ].join("\n");
}

function subpath(path: string): string {
  return `(subpath ${quote(path)})`;
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
