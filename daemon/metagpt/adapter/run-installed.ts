/** A run of an installed MetaGPT in its scratch folder: proxy, wall, process, and what came of it. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Clock } from "../../host/clock.ts";
import { listFolder, removeFile, stat, writeAtomically } from "../../host/files.ts";
import { killMarked, MARK_VARIABLE } from "../../host/process-tree.ts";
import type { Confined, FoundSandbox } from "../../security/sandbox/sandbox.ts";
import type { ModelPort } from "../../tools/model-port.ts";
import type { Installation } from "./detect.ts";
import { createNarrator, type Narrator } from "./narrate.ts";
import type { ProcessEnd } from "./outcome.ts";
import { createWatch, scratchFiles } from "./project-files.ts";
import { type ModelProxy, startModelProxy } from "./proxy.ts";
import type { Scratch } from "./scratch.ts";
import { type SessionLimits, type SessionOptions, startSession } from "./session.ts";
import {
  bridgeArguments,
  bridgeStart,
  type MetagptWork,
  metagptConfig,
  metagptEnvironment,
  type ProxyAddress,
  plainArguments,
} from "./start.ts";

export interface InstalledRun {
  readonly installation: Installation;
  readonly work: MetagptWork;
  readonly scratch: Scratch;
  readonly models: ModelPort;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly sandbox: () => Promise<FoundSandbox>;
  /** Folders that it must not see. */
  readonly hidden: readonly string[];
  readonly limits: SessionLimits;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Left out: nobody can be asked. */
  readonly ask?: ((text: string) => Promise<string>) | undefined;
  readonly tell: (text: string) => void;
  readonly onError: (error: unknown) => void;
}

export interface InstalledEnd {
  readonly end: ProcessEnd;
  readonly calls: number;
  readonly talk: readonly string[];
  readonly sandboxed: boolean;
}

/** What MetaGPT may keep in its folder. */
const MOST_BYTES = 1024 * 1024 * 1024;
const NOBODY = "Nobody can be asked. Decide yourself what is most likely wanted, and say what you took for granted.";

/** Nothing of it runs any more when it resolves, and its token is worth nothing. Rejects where a port or a folder fails. */
export async function runInstalled(run: InstalledRun): Promise<InstalledEnd> {
  const token = randomBytes(32).toString("base64url");
  const narrator = createNarrator((text) => run.tell(text.replaceAll(token, "…")));
  let touch = () => {};
  const onTouch = (own: () => void) => {
    touch = own;
  };
  const proxy = await startModelProxy({
    ...{ token, models: run.models, clock: run.clock, onError: run.onError },
    onActivity: () => touch(),
    onReport: narrator.report,
  });
  const address = { port: proxy.port, token, model: run.models.model };
  const config = join(run.scratch.root, "config", "config2.yaml");
  try {
    await writeAtomically(config, metagptConfig(address, run.scratch.workspace), 0o600);
    const places = { run, proxy, address, narrator, onTouch };
    const first = await oneProcess(places, bridgeArguments(run.installation.python), bridgeInput(run));
    const needsPlain = first.end.reason === "unavailable" && !run.signal.aborted;
    const last = needsPlain ? await oneProcess(places, plainOf(run), "") : first;
    return { ...last, calls: proxy.calls(), talk: narrator.talk };
  } finally {
    await proxy.close();
    await removeFile(config).catch(() => undefined);
  }
}

function bridgeInput({ work, scratch }: InstalledRun): string {
  return bridgeStart(work, scratch, scratch.recover);
}

function plainOf({ installation, work, scratch }: InstalledRun) {
  return plainArguments(installation.python, work, scratch, scratch.recover);
}

interface Place {
  readonly run: InstalledRun;
  readonly proxy: ModelProxy;
  readonly address: ProxyAddress;
  readonly narrator: Narrator;
  readonly onTouch: (touch: () => void) => void;
}

async function oneProcess(
  place: Place,
  argv: Confined["argv"],
  input: string,
): Promise<Pick<InstalledEnd, "end" | "sandboxed">> {
  const { run, proxy, address } = place;
  const { scratch, installation, clock, limits, signal } = run;
  const { mark } = scratch.known;
  const env = { ...metagptEnvironment(run.env, installation, scratch, address), [MARK_VARIABLE]: mark };
  const found = await run.sandbox();
  const confined = await confine(run, found, argv, env, proxy.port);
  const teamBefore = await teamStamp(scratch);
  try {
    const session = startSession({
      ...{ argv: confined.argv, env: { ...confined.env, [MARK_VARIABLE]: mark }, cwd: scratch.root, input },
      ...{ clock, limits, signal },
      ...listeners(place),
    });
    place.onTouch(session.touch);
    const end = await session.ended;
    await killMarked(mark);
    const savedTeam = (await teamStamp(scratch)) !== teamBefore;
    return { end: { ...end, savedTeam }, sandboxed: found.kind !== "none" };
  } finally {
    await confined.dispose();
  }
}

/** Of the scratch folder, the interpreter and the proxy's port it gets to see; of the machine nothing else. */
async function confine(
  { scratch, installation, hidden }: InstalledRun,
  found: FoundSandbox,
  argv: Confined["argv"],
  env: Readonly<Record<string, string>>,
  port: number,
): Promise<Confined> {
  if (found.kind === "none") return { argv, env, dispose: async () => undefined };
  const { root } = scratch;
  const rules = { root, readable: installation.places, hidden, hosts: [], reaches: port, isScratch: true };
  return found.confine(argv, env, rules);
}

function listeners({
  run,
  proxy,
  narrator,
}: Place): Omit<SessionOptions, "argv" | "env" | "cwd" | "input" | "limits" | "clock" | "signal"> {
  const changed = createWatch();
  return {
    ask: async (text) => (run.ask === undefined ? NOBODY : run.ask(text)),
    onMessage: narrator.message,
    onText: narrator.text,
    waits: () => proxy.open() > 0,
    async look() {
      const now = await scratchFiles(run.scratch.workspace);
      narrator.files(changed(now));
      if (now.isCut) return "more files than can be looked at";
      return now.bytes > MOST_BYTES ? `more than ${MOST_BYTES / 1024 ** 2} MB` : undefined;
    },
  };
}

/** MetaGPT writes its team only when something went wrong. */
async function teamStamp({ team }: Scratch): Promise<number | undefined> {
  return (await stat(join(team, "team.json")))?.mtimeMs;
}

/** The folder that the project came to be in, from the workspace; "" is the workspace itself. */
export async function projectFolder(workspace: string, wanted: string): Promise<string> {
  const entries = (await listFolder(workspace)).filter(({ name }) => name !== "storage");
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  if (folders.includes(wanted)) return wanted;
  return folders.length === 1 && entries.length === 1 ? (folders[0] ?? "") : "";
}
