/**
 * The wall on Linux: namespaces of its own for files, processes, network, users and messages, made by bubblewrap. The
 * file tree is built up from nothing, so that whatever is not named here is not there.
 */
import { join } from "node:path";
import { createExclusively, lstat, makeFolder, readLink, realPath, removeTree, stat } from "../../host/files.ts";
import { copyIfThere, homeFolder, makeScratch } from "../../host/scratch.ts";
import { isWithin } from "../paths/path-names.ts";
import { sandboxEnvironment } from "./box-environment.ts";
import { startDoorway } from "./doorway.ts";
import { type GitView, gitView } from "./git-view.ts";
import { startLocalWay } from "./local-way.ts";
import { MISSING_FILES, MISSING_FOLDERS, type ProtectedPlaces, protectPlaces } from "./protected.ts";
import { startGateway } from "./proxy.ts";
import type { Confined, Sandbox, SandboxRules } from "./sandbox.ts";
import { ETC_COPIED, ETC_SHOWN, keysOf, SYSTEM_FOLDERS, TOOLS_IN_CACHES, toolFolders } from "./visible.ts";

/** Namespaces, no rights, no terminal, and an end together with whoever started it. */
export const ISOLATION = ["--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"] as const;

/** Where Nexus' own pieces stand inside. */
const INSIDE = "/run/nexus";

export interface BubblewrapOptions {
  /** Absolute path of the program. */
  readonly program: string;
  /** What this machine's bubblewrap can do beyond ISOLATION. */
  readonly flags: readonly string[];
}

export function createBubblewrap(options: BubblewrapOptions): Sandbox {
  return { kind: "bubblewrap", confine: (argv, env, rules) => confine(options, argv, env, rules) };
}

const NO_PLACES: ProtectedPlaces = {
  existing: [],
  missingFolders: [],
  missingFiles: [],
  around: [],
  dispose: async () => undefined,
};

type Environment = Readonly<Record<string, string>>;
type Argv = readonly [string, ...string[]];

async function confine(
  options: BubblewrapOptions,
  argv: Argv,
  env: Environment,
  rules: SandboxRules,
): Promise<Confined> {
  // Rejects where the folder is gone, before anything is made in it.
  if ((await realPath(rules.root)) !== rules.root) throw new Error(`${rules.root} is not the folder's real path`);
  const scratch = await makeScratch();
  const ends: (() => Promise<unknown>)[] = [() => removeTree(scratch)];
  const dispose = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const box = await prepare(scratch, env, rules);
    const places = rules.isScratch === true ? NO_PLACES : await protectPlaces(rules.root);
    ends.push(places.dispose);
    const gateway = rules.hosts.length === 0 ? undefined : await startGateway(scratch, rules);
    if (gateway !== undefined) ends.push(gateway.close);
    const mounts = [...(await systemMounts()), ...box.mounts, ...(await placed(box, places, env, rules))];
    const way = rules.served === undefined ? undefined : await startDoorway(scratch, rules.served);
    if (way !== undefined) ends.push(way.door.close);
    const served = way === undefined ? argv : way.wrap(argv);
    const inside = gateway === undefined ? served : gateway.wrap(served);
    const out = rules.reaches === undefined ? undefined : await startLocalWay(scratch, rules.reaches);
    if (out !== undefined) ends.push(out.close);
    const whole = out === undefined ? inside : out.wrap(inside);
    const tail = ["--remount-ro", "/", "--chdir", rules.root, "--", ...whole];
    const flags = [...ISOLATION, ...options.flags, "--hostname", "nexus"];
    return {
      argv: [
        options.program,
        ...flags,
        ...mounts.flat(),
        ...(gateway?.mounts.flat() ?? []),
        ...(way?.mounts.flat() ?? []),
        ...(out?.mounts.flat() ?? []),
        ...tail,
      ],
      ...(way === undefined ? {} : { door: way.door }),
      env: { ...sandboxEnvironment(env, box.home), ...box.env, ...gateway?.env },
      dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

type Mount = readonly string[];

let etc: Promise<string> | undefined;

/** What every command gets, the same for the life of this process. */
export async function systemMounts(): Promise<Mount[]> {
  etc ??= copyOfEtc();
  const folders = await Promise.all(SYSTEM_FOLDERS.map(systemMount));
  const shown = await Promise.all(ETC_SHOWN.map(systemMount));
  const own: Mount[] = [
    ["--ro-bind", await etc, "/etc"],
    ["--proc", "/proc"],
    ["--dev", "/dev"],
  ];
  return [...folders.flat(), ...own, ...shown.flat()];
}

/** One folder instead of thirty: each mount costs up to half a millisecond of every command. */
async function copyOfEtc(): Promise<string> {
  const folder = await makeScratch("process");
  await Promise.all(ETC_COPIED.map((path) => copyIfThere(path, join(folder, path.slice("/etc/".length)))));
  const shown = await Promise.all(ETC_SHOWN.map(async (path) => ((await stat(path)) === undefined ? [] : [path])));
  await Promise.all(shown.flat().map((path) => makeFolder(join(folder, path.slice("/etc/".length)))));
  return folder;
}

async function systemMount(path: string): Promise<Mount[]> {
  const stats = await lstat(path);
  if (stats === undefined) return [];
  return [stats.isSymbolicLink() ? ["--symlink", await readLink(path), path] : ["--ro-bind", path, path]];
}

interface Box {
  readonly home: string;
  readonly emptyFile: string;
  readonly emptyFolder: string;
  readonly git: GitView | undefined;
  readonly gitConfig: string;
  /** Where tools find what stands among their caches. */
  readonly env: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
}

/** The folders and files that stand behind the command's own places. */
async function prepare(scratch: string, env: Environment, rules: SandboxRules): Promise<Box> {
  const at = (name: string) => join(scratch, name);
  const home = homeFolder(env);
  const excludes = `${INSIDE}/excludes`;
  const git = await gitView(rules.root, excludes);
  await Promise.all(["tmp", "empty", "home"].map((name) => makeFolder(at(name), 0o700)));
  await createExclusively(at("nothing"), "", 0o444);
  const names = [...MISSING_FILES, ...MISSING_FOLDERS].map((name) => `/${name}\n`).join("");
  await createExclusively(at("excludes"), names, 0o444);
  if (git !== undefined) await createExclusively(at("config"), git.config.text, 0o444);
  const cached = await cacheMounts(rules.caches ?? at("caches"), home);
  const mounts = [
    ["--bind", at("tmp"), "/tmp"],
    ["--symlink", "/tmp", "/var/tmp"],
    ["--bind", at("home"), home],
    ...cached.mounts,
    ["--ro-bind", at("excludes"), excludes],
  ];
  return {
    home,
    emptyFile: at("nothing"),
    emptyFolder: at("empty"),
    git,
    gitConfig: at("config"),
    env: cached.env,
    mounts,
  };
}

const CACHES = [".cache", ".npm"];

/**
 * Only these last longer than one command, and nothing is ever mounted below them: a link that a command leaves there
 * would lead the next mount out of the sandbox.
 */
async function cacheMounts(folder: string, home: string): Promise<Pick<Box, "env" | "mounts">> {
  await Promise.all(CACHES.map((name) => makeFolder(join(folder, name), 0o700)));
  const tools = await Promise.all(
    TOOLS_IN_CACHES.map(async ([place, variable]) => {
      const real = await realPath(join(home, place)).catch(() => undefined);
      return real === undefined ? [] : [{ variable, real, inside: `${INSIDE}/${variable.toLowerCase()}` }];
    }),
  );
  return {
    env: Object.fromEntries(tools.flat().map(({ variable, inside }) => [variable, inside])),
    mounts: [
      ...CACHES.map((name) => ["--bind", join(folder, name), join(home, name)]),
      ...tools.flat().map(({ real, inside }) => ["--ro-bind", real, inside]),
    ],
  };
}

interface Place {
  readonly at: string;
  readonly mounts: readonly Mount[];
}

/** Outer places first, so that each stands in what is around it; at the same place what hides comes last. */
async function placed(box: Box, places: ProtectedPlaces, env: Environment, rules: SandboxRules): Promise<Mount[]> {
  const seen = await readablePlaces(box, env, rules);
  const root: Place = { at: rules.root, mounts: rootMounts(box, places, rules.root) };
  const hidden = await Promise.all([...rules.hidden, ...keysOf(box.home)].map((at) => hide(at, box)));
  const visible = [...seen, root];
  // What is in no visible folder is hidden by not being there.
  const needed = hidden.flat().filter(({ at }) => visible.some((place) => isWithin(place.at, at, "/")));
  const isShown = (at: string) => visible.some((place) => isWithin(place.at, at, "/") || isWithin(at, place.at, "/"));
  const links = (rules.links ?? []).filter(({ at }) => !isShown(at)).map(({ at, to }) => ["--symlink", to, at]);
  const mounts = [...visible, ...needed]
    .toSorted((one, other) => depth(one.at) - depth(other.at))
    .flatMap(({ mounts }) => mounts);
  return [...mounts, ...links];
}

async function readablePlaces(box: Box, env: Environment, rules: SandboxRules): Promise<Place[]> {
  const tools = await toolFolders(env, box.home);
  const keys = keysOf(box.home);
  const wanted = [...tools, ...rules.readable, ...(box.git?.readable ?? [])];
  const allowed = wanted.filter((at) => at !== "/" && !keys.some((key) => isWithin(key, at, "/")));
  const around = box.git !== undefined && box.git.top !== rules.root ? [box.git.top] : [];
  // What lies in the copy is there already, and a command can change the way to it.
  const outside = [...allowed, ...around].filter((at) => !isWithin(rules.root, at, "/"));
  const real = await Promise.all(outermost(outside).map(whereReal));
  const settings: Place[] =
    box.git === undefined ? [] : [{ at: box.git.config.at, mounts: [["--ro-bind", box.gitConfig, box.git.config.at]] }];
  return [...real.flat(), ...settings];
}

/** Without what another one shows already. */
function outermost(paths: readonly string[]): string[] {
  const unique = [...new Set(paths)];
  return unique.filter((path) => !unique.some((other) => other !== path && isWithin(other, path, "/")));
}

async function whereReal(at: string): Promise<Place[]> {
  const real = await realPath(at).catch(() => undefined);
  return real === undefined ? [] : [{ at, mounts: [["--ro-bind", real, at]] }];
}

async function hide(at: string, box: Box): Promise<Place[]> {
  const names = [...new Set([at, await realPath(at).catch(() => at)])];
  const stats = await stat(at);
  if (stats === undefined) return [];
  return names.map((name) => ({
    at: name,
    mounts: [stats.isDirectory() ? ["--tmpfs", name] : ["--ro-bind", box.emptyFile, name]],
  }));
}

function rootMounts(box: Box, places: ProtectedPlaces, root: string): Mount[] {
  return [
    ["--bind", root, root],
    ...places.around.map((at) => ["--bind", at, at]),
    ...places.existing.map((at) => ["--ro-bind", at, at]),
    ...places.missingFolders.map((at) => ["--ro-bind", box.emptyFolder, at]),
    ...places.missingFiles.map((at) => ["--ro-bind", box.emptyFile, at]),
  ];
}

function depth(path: string): number {
  return path.split("/").length;
}
