/**
 * Random shell lines: what the kernel executed and wrote must not exceed what the analyser foretold.
 * Each line runs with /bin/sh in a scratch folder under strace, and inside bubblewrap where that works.
 *
 * `node test/shell/run.ts [--lines N --seed N --lanes N --shell /bin/bash]`; ends with “N passed, N failed”.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { createCommandAnalyser } from "../../daemon/security/command/analyser.ts";
import type { CommandFacts } from "../../daemon/security/command/facts.ts";
import { excess } from "./compare.ts";
import { FILES, PROGRAMS, randomLine } from "./generate.ts";
import { createRandom } from "./random.ts";
import { type Done, readTrace } from "./trace.ts";

const { values } = parseArgs({
  options: {
    lines: { type: "string", default: "20000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    lanes: { type: "string", default: "2" },
    line: { type: "string" },
    // Another shell under the name sh: what /bin/sh is on other systems, such as bash on macOS.
    shell: { type: "string" },
  },
});

const TRACED =
  "execve,clone,clone3,fork,vfork,open,openat,creat,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,symlink,symlinkat,link,linkat,rmdir,truncate";
const BATCH = 100;
const SHRINKS = 80;
const analyser = createCommandAnalyser();
const scratch = realpathSync(mkdtempSync(join(tmpdir(), "nexus-shell-")));
const programs = join(scratch, "bin");
const shell = values.shell === undefined ? "/bin/sh" : join(scratch, "shell", "sh");
const tools = { strace: found("strace", ["--version"]), bwrap: found("bwrap", [...sandbox(scratch), "true"]) };

interface Case {
  readonly line: string;
  readonly facts: CommandFacts;
  readonly done: Done | undefined;
  readonly problem: string | undefined;
}

if (!tools.strace) {
  process.stdout.write("Skipped: strace is not installed.\n0 passed, 0 failed\n");
} else {
  try {
    prepare();
    await main();
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const seed = Number(values.seed);
  const total = values.line === undefined ? Number(values.lines) : 1;
  const random = createRandom(seed);
  const lines = values.line === undefined ? Array.from({ length: total }, () => randomLine(random)) : [values.line];
  process.stdout.write(`seed ${seed}, ${total} lines${tools.bwrap ? ", inside bubblewrap" : ""}\n`);
  const failures: Case[] = [];
  const counts = { clear: 0, reads: 0, ran: 0 };
  let next = 0;
  const lane = async (name: string) => {
    while (next < total && failures.length < 20) {
      const batch = lines.slice(next, next + BATCH);
      next += BATCH;
      for (const result of await runBatch(batch, name)) {
        if (result.facts.unclear.length === 0) counts.clear += 1;
        if (result.facts.unclear.length === 0 && result.facts.parts.every(({ effect }) => effect === "reads"))
          counts.reads += 1;
        if (result.done !== undefined) counts.ran += 1;
        if (result.problem !== undefined) failures.push(result);
      }
    }
  };
  await Promise.all(Array.from({ length: Number(values.lanes) }, (_, index) => lane(`lane-${index}`)));
  for (const failure of failures.slice(0, 8)) await report(failure);
  process.stdout.write(`${counts.ran} ran, ${counts.clear} understood, ${counts.reads} of them only reading\n`);
  process.stdout.write(`${Math.min(next, total) - failures.length} passed, ${failures.length} failed\n`);
  if (failures.length > 0 || counts.ran < total * 0.99) process.exitCode = 1;
}

async function report(failure: Case): Promise<void> {
  const small = await shrink(failure);
  process.stdout.write(`\n${JSON.stringify(small.line)}\n  ${small.problem}\n  from ${JSON.stringify(failure.line)}\n`);
  for (const part of small.facts.parts)
    process.stdout.write(`  ${part.effect} ${JSON.stringify(part.words)} ${JSON.stringify(part.paths)}\n`);
}

/** Leaves pieces out as long as the line still fails: halves first, single characters last. */
async function shrink(failure: Case): Promise<Case> {
  let best = failure;
  let tries = 0;
  for (let size = Math.ceil(best.line.length / 2); size >= 1 && tries < SHRINKS; size = Math.floor(size / 2)) {
    const candidates: string[] = [];
    for (let at = 0; at < best.line.length; at += size)
      candidates.push(best.line.slice(0, at) + best.line.slice(at + size));
    tries += candidates.length / 10;
    const smaller = (await runBatch(candidates, "shrink")).find(({ problem }) => problem !== undefined);
    if (smaller === undefined) continue;
    best = smaller;
    size = Math.min(size * 2, best.line.length);
  }
  return best;
}

async function runBatch(lines: readonly string[], name: string): Promise<Case[]> {
  const folder = join(scratch, name);
  rmSync(folder, { recursive: true, force: true });
  const roots = lines.map((_, index) => makeWorkspace(join(folder, `w${index}`)));
  const facts: CommandFacts[] = [];
  for (const [index, line] of lines.entries()) {
    const root = roots[index] ?? "";
    facts.push(await analyser.analyse(line, { root, cwd: root, linked: [], home: homeOf(root), platform: "linux" }));
  }
  const done = await trace(lines, roots, folder);
  return lines.map((line, index) => {
    const seen = done.get(index);
    const told = facts[index] ?? { parts: [], unclear: [] };
    // The shell of the line itself, and the time limit in front of it.
    const isOwn = ({ words }: { words: readonly string[] }) => words.at(-1) === `nexus-${index}`;
    const own =
      seen === undefined ? undefined : { ...seen, started: seen.started.filter((started) => !isOwn(started)) };
    const problem = own === undefined ? undefined : excess(told, own, join(folder, `w${index}`));
    return { line, facts: told, done: own, problem };
  });
}

/** Each line has its own: what one line leaves there must not meet the next, which was judged before. */
function homeOf(root: string): string {
  return join(dirname(root), "home");
}

function makeWorkspace(folder: string): string {
  const root = join(folder, "root");
  mkdirSync(join(root, "sub", "deep"), { recursive: true });
  mkdirSync(homeOf(root));
  mkdirSync(join(folder, "outside"));
  writeFileSync(join(folder, "outside", "o.txt"), "o\n");
  for (const file of FILES) writeFileSync(join(root, file), "x y\nhello\n");
  symlinkSync("../outside", join(root, "out"));
  symlinkSync("sub", join(root, "inner"));
  symlinkSync("a.txt", join(root, "link.txt"));
  symlinkSync("../outside/missing", join(root, "dangling"));
  return root;
}

async function trace(lines: readonly string[], roots: readonly string[], folder: string): Promise<Map<number, Done>> {
  const driver = join(folder, "driver.sh");
  const log = join(folder, "trace");
  const starts = lines.map((line, index) => {
    if (line.includes("\0")) return "";
    const quoted = `'${line.replaceAll("'", "'\\''")}'`;
    // Only loops and functions can go on for ever; a time limit is a program more to start.
    const limit = /while|until|\(\s*\)/.test(line) ? "/usr/bin/timeout -k 1 2 " : "";
    const root = roots[index] ?? "";
    return `cd '${root}' && export HOME='${homeOf(root)}' && ${limit}${shell} -c ${quoted} nexus-${index} </dev/null >/dev/null 2>&1\n`;
  });
  // A file that is read into itself grows without end.
  writeFileSync(driver, ["ulimit -f 2048\nulimit -t 5\n", ...starts].join(""));
  const command = [
    "strace",
    "-f",
    "--seccomp-bpf",
    "-y",
    "-qq",
    "-s",
    "20000",
    "-e",
    "signal=none",
    "-e",
    `trace=${TRACED}`,
    "-o",
    log,
    "/bin/sh",
    driver,
  ];
  const [program = "", ...args] = tools.bwrap ? ["bwrap", ...sandbox(scratch), ...command] : command;
  await new Promise<void>((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: "ignore",
      env: { PATH: programs, LC_ALL: "C" },
      timeout: 120_000,
    });
    child.once("error", reject);
    child.once("exit", () => resolve());
  });
  return readTrace(readFileSync(log, "utf8"));
}

function sandbox(folder: string): string[] {
  return [
    "--ro-bind",
    "/",
    "/",
    "--bind",
    folder,
    folder,
    "--dev",
    "/dev",
    "--proc",
    "/proc",
    "--unshare-net",
    "--unshare-pid",
    "--die-with-parent",
  ];
}

function found(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: "ignore" }).status === 0;
}

function prepare(): void {
  mkdirSync(programs);
  mkdirSync(join(scratch, "shell"));
  if (values.shell !== undefined) symlinkSync(values.shell, shell);
  for (const name of [...PROGRAMS, "strace", "bwrap"]) {
    const path = spawnSync("/bin/sh", ["-c", `command -v -- ${name}`], {
      encoding: "utf8",
      env: { PATH: "/usr/bin:/bin:/usr/local/bin" },
    }).stdout.trim();
    if (dirname(path) !== ".") symlinkSync(path, join(programs, name));
  }
}
