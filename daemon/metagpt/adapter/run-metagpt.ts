/** The tool that runs an installed MetaGPT: its files become files of the run's copy, when all documents are there. */
import { join } from "node:path";
import * as z from "zod/mini";
import { failure } from "../../../protocol/index.ts";
import type { Clock } from "../../host/clock.ts";
import { hashOf } from "../../host/files.ts";
import { canonicalJson } from "../../security/approvals.ts";
import { resolveInside } from "../../security/paths/fence.ts";
import type { FoundSandbox } from "../../security/sandbox/sandbox.ts";
import type { DirectTool, ToolContext, ToolOutcome } from "../../tools/tool.ts";
import { freeTarget, handOver, projectName, takeOver } from "./collect.ts";
import { type AdapterStatus, detectMetagpt, type Installation } from "./detect.ts";
import { findDocuments } from "./documents.ts";
import { judgeEnd } from "./outcome.ts";
import { createWatch, scratchFiles } from "./project-files.ts";
import { type InstalledEnd, projectFolder, runInstalled } from "./run-installed.ts";
import { openScratch, type Scratch } from "./scratch.ts";
import { LIMITS, type SessionLimits } from "./session.ts";
import type { MetagptWork } from "./start.ts";

export interface RunMetagptOptions {
  /** The data folder. */
  readonly home: string;
  /** The setting `metagpt.python`. */
  readonly python?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly sandbox: () => Promise<FoundSandbox>;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
  /** For tests; left out: those of session.ts. */
  readonly limits?: SessionLimits;
}

const input = z.object({
  idea: z.string().check(z.minLength(1), z.maxLength(20_000)),
  project: z.optional(z.string().check(z.maxLength(60), z.describe("Its folder's name; default: from the idea"))),
  folder: z.optional(z.string().check(z.maxLength(300), z.describe("A project that is there and is to be changed"))),
  rounds: z.optional(z.int().check(z.gte(0), z.lte(200), z.describe("0: 12, or 30 for MetaGPT 1.0"))),
  runTests: z.optional(z.boolean()),
  codeReview: z.optional(z.boolean()),
});
type Input = z.output<typeof input>;

const ROUNDS = { classic: 12, mgx: 30 } as const;

export function createRunMetagpt(options: RunMetagptOptions): DirectTool<typeof input> {
  const { totalMs } = options.limits ?? LIMITS;
  return {
    name: "run_metagpt",
    description:
      "Runs the MetaGPT that is installed on this machine, in a folder of its own and with this run's model and budget; its project is copied into the repository when its documents are there.",
    input,
    // Begun again after a restart it goes on from what was saved, or pays for no answer twice.
    effect: "idempotent",
    timeoutMs: totalMs + 60_000,
    access: (own) => ({
      ...{ kind: "foreign", source: "program", name: "metagpt", claimsReadOnly: false },
      input: canonicalJson(own),
    }),
    // Offered whatever the policy says of it, so that a refusal tells why.
    probes: [{ kind: "none" }],
    execute: (own, context) => execute(options, withoutEmpty(own), context),
  };
}

/** A workflow gives every input that it has: an empty one is as good as none. */
function withoutEmpty({ project, folder, ...own }: Input): Input {
  return { ...own, ...(project ? { project } : {}), ...(folder ? { folder } : {}) };
}

async function execute(options: RunMetagptOptions, own: Input, context: ToolContext): Promise<ToolOutcome> {
  if (context.models === undefined) return failure("tool.failed", "There is no model that MetaGPT could ask here.");
  const status = await detectMetagpt(options);
  if (!status.usable || status.installation === null) return notUsable(status);
  const from = await existingProject(own.folder, context.root);
  if (!from.ok) return from;
  const name = projectName(own.folder ?? own.project ?? own.idea);
  const work: MetagptWork = {
    idea: own.idea,
    project: name,
    isIncremental: own.folder !== undefined,
    rounds: own.rounds || ROUNDS[status.installation.dialect],
    runTests: own.runTests ?? false,
    codeReview: own.codeReview ?? true,
  };
  const id = hashOf(`${context.root}\n${canonicalJson(own)}`).slice(0, 20);
  const scratch = await openScratch(join(options.home, "metagpt"), id, options.clock.now());
  const piece = { options, context, work, scratch, installation: status.installation, models: context.models };
  return carryOut(piece, own, from.value);
}

interface Piece {
  readonly options: RunMetagptOptions;
  readonly context: ToolContext;
  readonly work: MetagptWork;
  readonly scratch: Scratch;
  readonly installation: Installation;
  readonly models: NonNullable<ToolContext["models"]>;
}

async function carryOut(piece: Piece, own: Input, from: string | undefined): Promise<ToolOutcome> {
  const { context, work, scratch } = piece;
  if (scratch.story !== "") context.onOutput?.(`${scratch.story}\n`);
  const project = () => projectFolder(scratch.workspace, work.project);
  const changed = createWatch();
  if (scratch.known.finished) return deliver(piece, own, await project(), undefined);
  if (from !== undefined && !scratch.recover) {
    const { files } = await scratchFiles(from);
    await handOver(from, files, join(scratch.workspace, work.project));
  }
  const before = await project();
  changed(await scratchFiles(join(scratch.workspace, before)));
  const ran = await runPiece(piece);
  const folder = await project();
  const now = await scratchFiles(join(scratch.workspace, folder));
  const documents = findDocuments(join(scratch.workspace, folder), now.files);
  const names = new Set(documents.map(({ path }) => path));
  const sources = now.files.filter(({ path }) => !names.has(path) && !isOverhead(path)).length;
  const news = scratch.recover ? now.files.length : changed(now).length;
  const judged = judgeEnd(ran.end, { documents, sources, changed: news }, piece.installation.dialect);
  if (!judged.ok) return failure("tool.failed", `${judged.reason}${goOn(ran)}`);
  await scratch.note({ finished: true });
  return deliver(piece, own, folder, ran);
}

function runPiece({ options, context, work, scratch, installation, models }: Piece): Promise<InstalledEnd> {
  const { ask, signal, onOutput } = context;
  const asked = new Map<string, number>();
  return runInstalled({
    ...{ installation, work, scratch, models, signal },
    ...{ env: options.env, sandbox: options.sandbox, clock: options.clock, onError: options.onError },
    hidden: [options.home],
    limits: options.limits ?? LIMITS,
    tell: (text) => onOutput?.(text),
    ...(ask === undefined
      ? {}
      : {
          ask(text) {
            const times = (asked.get(text) ?? 0) + 1;
            asked.set(text, times);
            // Answers are known by their question: the same words again are another one.
            return ask({ text: times === 1 ? text : `${text} (asked for the ${times}. time)`, choices: [] });
          },
        }),
  });
}

async function deliver(piece: Piece, own: Input, folder: string, ran: InstalledEnd | undefined): Promise<ToolOutcome> {
  const { context, work, scratch, installation } = piece;
  const target = scratch.known.target ?? (await targetOf(own, context.root, folder || work.project));
  if (target === undefined)
    return failure("tool.failed", `All names like ${work.project} are taken in the repository.`);
  await scratch.note({ target });
  const from = join(scratch.workspace, folder);
  const { files } = await scratchFiles(from);
  const taken = await takeOver({
    from,
    files: files.filter(({ path }) => !path.startsWith("storage/")),
    root: context.root,
    target,
  });
  const documents = findDocuments(from, files).map(({ path, kind }) => ({ path: `${target}/${path}`, kind }));
  await scratch.remove();
  const told = {
    folder: target,
    dialect: installation.dialect,
    version: installation.version,
    documents: documents.slice(0, 100),
    files: taken.changed.length,
    leftOut: taken.leftOut.slice(0, 50),
    modelCalls: ran?.calls ?? null,
    sandboxed: ran?.sandboxed ?? null,
    talk: ran?.talk ?? [],
  };
  const summary = `MetaGPT made ${target}: ${documents.length} documents, ${taken.changed.length} files`;
  return { ok: true, output: JSON.stringify(told, null, 2), summary, changed: taken.changed };
}

/** A project that is changed goes back to its place; a new one never goes where something is. */
async function targetOf({ folder }: Input, root: string, name: string): Promise<string | undefined> {
  if (folder === undefined) return freeTarget(root, projectName(name));
  const place = await resolveInside(root, folder);
  return place.ok ? place.value.relative : undefined;
}

async function existingProject(folder: string | undefined, root: string) {
  if (folder === undefined) return { ok: true as const, value: undefined };
  const place = await resolveInside(root, folder);
  if (!place.ok) return place;
  const { files } = await scratchFiles(place.value.absolute, 2000);
  if (files.length === 0) return failure("tool.failed", `There is no project in ${folder}.`);
  return { ok: true as const, value: place.value.absolute };
}

function isOverhead(path: string): boolean {
  return /^(\.gitignore|\.src_workspace|resources\/.*|storage\/.*)$/.test(path);
}

function notUsable({ problems }: AdapterStatus): ToolOutcome {
  const words = problems.map(({ message, hint }) => `${message} ${hint}`).join(" ");
  return failure("tool.failed", `MetaGPT cannot be run here. ${words} See \`nexus metagpt adapter status\`.`);
}

function goOn({ end }: InstalledEnd): string {
  return end.savedTeam
    ? "\nTried again, it goes on from what MetaGPT saved."
    : "\nTried again, it begins anew; answers are paid for only once in a run's step.";
}
