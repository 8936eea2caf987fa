/** Looks for an installed MetaGPT, without importing it: which interpreter, which version, which of the two dialects. */
import { basename, delimiter, dirname, isAbsolute, join } from "node:path";
import * as z from "zod/mini";
import { readSlice, realPath, stat } from "../../host/files.ts";
import { hostPlatform, runProcess } from "../../host/processes.ts";
import { findProgram, metagptBridge } from "../../host/programs.ts";
import { commandEnvironment } from "../../security/environment.ts";
import type { FoundSandbox } from "../../security/sandbox/sandbox.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface Installation {
  /** Absolute path of the interpreter, as it calls itself. */
  readonly python: string;
  readonly pythonVersion: string;
  readonly version: string | null;
  readonly dialect: "classic" | "mgx";
  /** Folders that it needs to see: the interpreter's, and what it imports from. */
  readonly places: readonly string[];
  /** Where packages of the user's own are, which is looked up from the home folder otherwise. */
  readonly userBase: string | null;
}

export interface AdapterProblem {
  readonly code: "no_python" | "no_metagpt" | "python_version" | "python_setting" | "no_git";
  readonly message: string;
  readonly hint: string;
}

export interface AdapterStatus {
  /** A run can begin. */
  readonly usable: boolean;
  readonly installation: Installation | null;
  readonly git: boolean;
  readonly sandbox: { readonly kind: FoundSandbox["kind"]; readonly says: string };
  readonly problems: readonly AdapterProblem[];
  /** What was asked, and what came of it. */
  readonly looked: readonly { readonly python: string; readonly found: string }[];
}

export interface DetectOptions {
  /** The setting `metagpt.python`. */
  readonly python?: string | undefined;
  readonly env: Environment;
  readonly sandbox: () => Promise<FoundSandbox>;
}

const PROBE_MS = 20_000;
const MOST_BYTES = 256 * 1024;
const NAMES = ["python3", "python", "python3.11", "python3.10", "python3.9"];
const INSTALL =
  'Install it for Python 3.9 to 3.11, such as `python3.11 -m venv ~/metagpt && ~/metagpt/bin/pip install "metagpt==0.8.2"`, and set "metagpt": {"python": "<home>/metagpt/bin/python"} in the settings.';

const Probe = z.object({
  python: z.tuple([z.int(), z.int(), z.int()]),
  executable: z.string(),
  places: z.array(z.string()),
  userBase: z.nullable(z.string()),
  metagpt: z.nullable(z.object({ version: z.nullable(z.string()), folder: z.string(), mgx: z.boolean() })),
});
type Probe = z.infer<typeof Probe>;

type Looked =
  | { readonly python: string; readonly probe: Probe }
  | { readonly python: string; readonly problem: string };

/** Never rejects for what is on the machine; each interpreter has 20 seconds to answer. */
export async function detectMetagpt(options: DetectOptions): Promise<AdapterStatus> {
  const looked: Looked[] = [];
  for (const python of await candidates(options)) {
    const one = await look(python, options.env);
    looked.push(one);
    if ("probe" in one && one.probe.metagpt !== null && isSupported(one.probe)) break;
  }
  const installation = installationOf(looked);
  const git = (await findProgram("git", options.env["PATH"])) !== undefined;
  const problems = [...(installation === null ? [problemOf(looked, options)] : []), ...(git ? [] : [NO_GIT])];
  return {
    usable: problems.length === 0,
    installation,
    git,
    sandbox: wallOf(await options.sandbox()),
    problems,
    looked: looked.map((one) => ({ python: one.python, found: foundIn(one) })),
  };
}

const NO_GIT: AdapterProblem = {
  code: "no_git",
  message: "git is not on the PATH; MetaGPT keeps each project in a repository.",
  hint: "Install git.",
};

function wallOf(found: FoundSandbox): AdapterStatus["sandbox"] {
  return found.kind === "none"
    ? { kind: "none", says: `It would run with your rights and reach your network: ${found.reason}` }
    : { kind: found.kind, says: "It sees its own folder and reaches the model proxy, and nothing else." };
}

async function candidates({ python, env }: DetectOptions): Promise<string[]> {
  if (python !== undefined) return [python];
  const own = await interpreterOf(await findProgram("metagpt", env["PATH"]));
  const named = await Promise.all(NAMES.map((name) => findProgram(name, env["PATH"])));
  const all = [own, ...named].filter((path) => path !== undefined);
  const real = await Promise.all(all.map((path) => realPath(path).catch(() => path)));
  // A virtual environment's interpreter is a link to another one, and is not the same.
  return all.filter(
    (path, index) => all.indexOf(path) === index && (path === own || real.indexOf(real[index] ?? "") === index),
  );
}

/** The interpreter that an installed command starts with. */
async function interpreterOf(command: string | undefined): Promise<string | undefined> {
  if (command === undefined) return undefined;
  const at = await realPath(command).catch(() => command);
  if (hostPlatform === "win32") {
    const beside = join(dirname(at), "python.exe");
    return (await stat(beside)) === undefined ? undefined : beside;
  }
  const head = (await readSlice(at, 0, 512).catch(() => undefined))?.toString("utf8") ?? "";
  const interpreter = /^#!\s*(\S+)/.exec(head)?.[1] ?? "";
  return isAbsolute(interpreter) && /^python[\d.]*$/.test(basename(interpreter)) ? interpreter : undefined;
}

async function look(python: string, env: Environment): Promise<Looked> {
  const bridge = metagptBridge();
  try {
    const { exitCode, stdout, timedOut, stderr } = await runProcess({
      command: { argv: [python, bridge, "probe"] },
      cwd: dirname(bridge),
      env: { ...commandEnvironment(env), PYTHONDONTWRITEBYTECODE: "1" },
      timeoutMs: PROBE_MS,
      maxOutputBytes: MOST_BYTES,
      leaveNothing: true,
    });
    if (timedOut) return { python, problem: `it did not answer in ${PROBE_MS / 1000} s` };
    if (exitCode !== 0) return { python, problem: lastLine(stderr.toString("utf8")) || `exit code ${exitCode}` };
    return readProbe(python, stdout.toString("utf8"));
  } catch (error) {
    return { python, problem: error instanceof Error ? error.message : String(error) };
  }
}

function readProbe(python: string, text: string): Looked {
  try {
    const parsed = Probe.safeParse(JSON.parse(text));
    if (parsed.success) return { python, probe: parsed.data };
  } catch {
    // Told below.
  }
  return { python, problem: "what it answers is not what a Python interpreter would" };
}

function isSupported({ python: [major, minor] }: Probe): boolean {
  return major === 3 && minor >= 9 && minor <= 11;
}

function installationOf(looked: readonly Looked[]): Installation | null {
  const one = looked.find(
    (candidate) => "probe" in candidate && candidate.probe.metagpt !== null && isSupported(candidate.probe),
  );
  if (one === undefined || !("probe" in one) || one.probe.metagpt === null) return null;
  const { python, executable, places, userBase, metagpt } = one.probe;
  return {
    python: isAbsolute(executable) ? executable : one.python,
    pythonVersion: python.join("."),
    version: metagpt.version,
    dialect: metagpt.mgx ? "mgx" : "classic",
    places: [...new Set([...places, dirname(metagpt.folder)])],
    userBase,
  };
}

function problemOf(looked: readonly Looked[], { python }: DetectOptions): AdapterProblem {
  const old = looked.find((one) => "probe" in one && one.probe.metagpt !== null);
  if (old !== undefined && "probe" in old)
    return {
      code: "python_version",
      message: `MetaGPT is installed for Python ${old.probe.python.join(".")} (${old.python}), which it does not support.`,
      hint: INSTALL,
    };
  const [only] = looked;
  if (python !== undefined && only !== undefined && "problem" in only)
    return {
      code: "python_setting",
      message: `The setting metagpt.python names ${python}, which cannot be used: ${only.problem}.`,
      hint: "Name the interpreter of the environment that MetaGPT is installed in.",
    };
  if (looked.every((one) => "problem" in one))
    return { code: "no_python", message: "No Python interpreter was found that works.", hint: INSTALL };
  const working = looked.filter((one) => "probe" in one);
  const asked = working.map((one) => one.python).join(", ");
  return { code: "no_metagpt", message: `MetaGPT is not installed for ${asked}.`, hint: INSTALL };
}

function foundIn(one: Looked): string {
  if ("problem" in one) return one.problem;
  const { python, metagpt } = one.probe;
  const version = python.join(".");
  if (metagpt === null) return `Python ${version}, no MetaGPT`;
  return `Python ${version}, MetaGPT ${metagpt.version ?? "of unknown version"} (${metagpt.mgx ? "mgx" : "classic"})`;
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)?.slice(0, 300) ?? "";
}

/** The PATH for a program of this interpreter: its own folder first, so that `python` and `pip` are its own. */
export function pathFor(python: string, env: Environment): string {
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => isAbsolute(folder));
  return [dirname(python), ...folders].join(delimiter);
}
