/** Putting files back in all kinds of folders: nothing of the user's is lost, nothing else is touched. */
import { chmodSync, existsSync, lstatSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { nexusError } from "../../../protocol/index.ts";
import { faultAt } from "../changes/faults.ts";
import {
  contents,
  gitIn,
  gitState,
  makeExecutable,
  repositoryWith,
  temporaryFolder,
  write,
} from "../changes/fixture.ts";
import { type RunBench, runIn } from "./fixture.ts";

/** Every change of a file: STEP=1. */
const STEP = Number(process.env["STEP"] ?? 17);
const FILES = { "a.txt": "a\n", "b.txt": "b\n" };

async function accepted(workspace: string): Promise<RunBench> {
  const run = await runIn(workspace);
  await run.checkpoint();
  write(run.isolation.worktree, { "a.txt": "A\n", "new/n.txt": "n\n", "b.txt": null });
  await run.checkpoint();
  write(run.isolation.worktree, { "a.txt": "AA\n" });
  await run.end("done");
  expect((await run.accept()).conflicts).toEqual([]);
  return run;
}

describe("the run's copy", () => {
  it("goes back with everything that git can name, and forward again", async () => {
    const before = {
      ...{ "a.txt": "a\n", "crlf.txt": "1\r\n2\r\n", ".gitattributes": "crlf.txt text eol=crlf\n", link: "-> a.txt" },
      ...{ "Case.txt": "c", "odd\nname é": "o", "run.sh": "#!\n", ".gitignore": "ignored/\n" },
    };
    const run = await runIn(repositoryWith(before));
    const copy = run.isolation.worktree;
    makeExecutable(join(copy, "run.sh"));
    write(copy, { "ignored/i.txt": "i" });
    await run.checkpoint();
    const first = contents(copy);
    write(copy, { "a.txt/deep.txt": "folder now", "case.txt": "c", "Case.txt": null, link: "-> crlf.txt" });
    write(copy, { "crlf.txt": "1\r\n", "odd\nname é": null, "-n": "new" });
    chmodSync(join(copy, "run.sh"), 0o644);
    chmodSync(join(copy, ".gitattributes"), 0o444);
    await run.checkpoint();
    const second = contents(copy);
    expect(second).not.toEqual(first);
    await run.end("cancelled");
    await run.rewind({ checkpoint: 1 });
    expect(contents(copy)).toEqual(first);
    expect((await run.state()).changes?.changeSet.files.map((file) => file.path)).toEqual(["run.sh"]);
    await run.rewind({ what: "before_rewind" });
    expect(contents(copy)).toEqual(second);
    expect((await run.state()).changes?.changeSet.files.map((file) => file.path)).toContain("a.txt/deep.txt");
    await run.rewind({ what: "before_rewind" });
    expect(contents(copy)).toEqual(first);
    // The agent is told: what it knows of its files is no longer so.
    expect((await run.state()).pendingPrompts).toHaveLength(3);
  });

  it("takes no checkpoint of what is too large, and leaves it alone when it goes back", async () => {
    const run = await runIn(repositoryWith(FILES));
    const copy = run.isolation.worktree;
    writeFileSync(join(copy, "big.bin"), Buffer.alloc(10 * 1024 * 1024 + 1));
    expect(await run.checkpoint()).toEqual(["big.bin"]);
    write(copy, { "a.txt": "A\n" });
    await run.checkpoint();
    await run.end("cancelled");
    await run.rewind({ checkpoint: 1 });
    expect(readFileSync(join(copy, "a.txt"), "utf8")).toBe("a\n");
    expect(statSync(join(copy, "big.bin")).size).toBe(10 * 1024 * 1024 + 1);
  });

  it("gives the same commit when nothing changed, and is saved before it is removed", async () => {
    const workspace = repositoryWith(FILES);
    const run = await runIn(workspace);
    await run.checkpoint();
    await run.checkpoint();
    expect(gitIn(workspace, "for-each-ref", "refs/nexus").match(/turns/g)).toHaveLength(1);
    await run.end("cancelled");
    write(run.isolation.worktree, { "late.txt": "late\n" });
    await run.dependencies.changes.release(run.runId, workspace);
    expect(existsSync(run.isolation.worktree)).toBe(false);
    expect(gitIn(workspace, "show", `refs/nexus/${run.runId}/kept:late.txt`)).toBe("late\n");
  });
});

describe("the user's tree", () => {
  const states: Readonly<Record<string, () => string>> = {
    "a repository": () => repositoryWith(FILES),
    "a folder without git": () => {
      const folder = temporaryFolder();
      write(folder, FILES);
      return folder;
    },
    "no commit yet": () => {
      const folder = temporaryFolder();
      gitIn(folder, "init", "-q");
      write(folder, FILES);
      return folder;
    },
    "a detached HEAD and a held index.lock": () => {
      const folder = repositoryWith(FILES);
      gitIn(folder, "checkout", "-q", "--detach");
      write(folder, { ".git/index.lock": "" });
      return folder;
    },
    "a submodule beside": () => {
      const folder = repositoryWith(FILES);
      const inner = repositoryWith({ "i.txt": "i" });
      gitIn(folder, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner, "sub");
      return folder;
    },
  };

  it.each(Object.keys(states))("is as before the accept, to the byte: %s", async (name) => {
    const workspace = states[name]?.() ?? "";
    write(workspace, { "loose.txt": "mine\r\n" });
    const before = { files: contents(workspace), git: gitState(workspace) };
    const run = await accepted(workspace);
    expect(contents(workspace)["a.txt"]).toBe("AA\n");
    await run.rewind({ what: "before_accept" });
    expect({ files: contents(workspace), git: gitState(workspace) }).toEqual(before);
  });

  it("follows to a checkpoint, and each rewind can be taken back", async () => {
    const workspace = repositoryWith(FILES);
    const run = await accepted(workspace);
    const after = contents(workspace);
    expect((await run.rewind({ checkpoint: 2 })).conflicts).toEqual([]);
    expect(contents(workspace)["a.txt"]).toBe("A\n");
    await run.rewind({ what: "before_rewind" });
    expect(contents(workspace)).toEqual(after);
    await run.rewind({ what: "before_accept" });
    expect(contents(workspace)).toEqual(FILES);
    await run.rewind({ what: "before_rewind" });
    expect(contents(workspace)).toEqual(after);
  });

  it("keeps line endings that git would not, and what the user changed meanwhile", async () => {
    const workspace = repositoryWith({ ...FILES, ".gitattributes": "*.txt text\n" });
    write(workspace, { "a.txt": "mixed\r\nendings\n" });
    const run = await accepted(workspace);
    await run.rewind({ what: "before_accept" });
    expect(readFileSync(join(workspace, "a.txt"), "utf8")).toBe("mixed\r\nendings\n");
    await run.accept();
    write(workspace, { "a.txt": "edited since\n", "new/n.txt": null });
    const { conflicts, files } = await run.rewind({ what: "before_accept" });
    expect(conflicts).toEqual([{ path: "a.txt", reason: "you changed it since Nexus wrote it" }]);
    expect(files.map((file) => file.path)).toEqual(["a.txt", "b.txt"]);
    expect(existsSync(join(workspace, "b.txt"))).toBe(false);
    expect((await run.rewind({ what: "before_accept" }, { overwrite: ["a.txt"] })).conflicts).toEqual([]);
    expect(readFileSync(join(workspace, "a.txt"), "utf8")).toBe("mixed\r\nendings\n");
    await run.rewind({ what: "before_rewind" });
    expect(readFileSync(join(workspace, "a.txt"), "utf8")).toBe("edited since\n");
  });

  it("is not touched by a look at what would change", async () => {
    const workspace = repositoryWith(FILES);
    const run = await accepted(workspace);
    const before = { files: contents(workspace), seq: (await run.state()).seq };
    const { files } = await run.rewind({ checkpoint: 1 }, { dryRun: true });
    expect(files.map((file) => file.path).toSorted()).toEqual(["a.txt", "b.txt", "new/n.txt"]);
    expect({ files: contents(workspace), seq: (await run.state()).seq }).toEqual(before);
  });

  it("says what cannot be", async () => {
    const run = await runIn(repositoryWith(FILES));
    await expect(run.rewind({ checkpoint: 1 })).rejects.toMatchObject({ value: { code: "run.active" } });
    await run.end("cancelled");
    await expect(run.rewind({ checkpoint: 1 })).rejects.toMatchObject({ value: { code: "checkpoint.unknown" } });
    await expect(run.rewind({ what: "before_accept" })).rejects.toMatchObject({ value: { code: "rewind.nothing" } });
    await expect(run.rewind({ what: "before_rewind" })).rejects.toMatchObject({ value: { code: "rewind.nothing" } });
  });
});

describe("a process that ends in the middle", () => {
  it("is finished by the next one, whichever change of a file was the last", async () => {
    const workspace = repositoryWith(FILES);
    const run = await accepted(workspace);
    const after = contents(workspace);
    const { events } = run.dependencies.store;
    const { append } = events;
    for (let operation = 2; ; operation += STEP) {
      const dead = () => {
        throw new Error("the process is gone");
      };
      let started: ReturnType<typeof faultAt> | undefined;
      // Dies at the Nth change after the intent is on record; nothing is recorded or cleaned up after that.
      Object.assign(events, {
        append: async (...args: Parameters<typeof append>) => {
          if (started !== undefined && started.count() >= operation) throw nexusError("store.failed");
          const stored = await append(...args);
          if (args[1][0]?.body.type === "rewind.started") started = faultAt(operation, dead, { forGood: true });
          return stored;
        },
      });
      const died = await run.rewind({ what: "before_accept" }).then(
        () => false,
        () => true,
      );
      started?.restore();
      Object.assign(events, { append });
      if (died) {
        // This is how the next daemon finds it.
        expect(await run.dependencies.store.projections.applyingRuns()).toEqual([run.runId]);
        await run.finish();
      }
      expect((await run.state()).rewind?.status).toBe("done");
      expect(contents(workspace)).toEqual(FILES);
      await run.rewind({ what: "before_rewind" });
      expect(contents(workspace)).toEqual(after);
      if (!died) return;
    }
  });
});

describe("pruning", () => {
  it("forgets old ended runs, and keeps what waits to be accepted", async () => {
    const workspace = repositoryWith(FILES);
    const run = await runIn(workspace);
    await run.checkpoint();
    write(run.isolation.worktree, { "a.txt": "A\n" });
    await run.checkpoint();
    await run.end("done");
    const refs = () =>
      gitIn(workspace, "for-each-ref", "--format=%(refname)", "refs/nexus").split("\n").filter(Boolean);
    expect((await run.prune({ days: 30 })).runs).toEqual([]);
    expect((await run.prune({ days: 0, dryRun: true })).runs).toMatchObject([{ runId: run.runId, refs: 1 }]);
    expect(refs()).toHaveLength(4);
    await run.prune({ maxBytes: 0 });
    expect(refs().map((ref) => ref.split("/").slice(3).join("/"))).toEqual(["base", "result", "turns/2"]);
    expect((await run.accept()).conflicts).toEqual([]);
    gitIn(workspace, "update-ref", "refs/nexus/other-home/base", "HEAD");
    await run.prune({ days: 0 });
    expect(refs()).toEqual(["refs/nexus/other-home/base"]);
    expect(lstatSync(join(workspace, "a.txt")).isFile()).toBe(true);
    rmSync(workspace, { recursive: true });
    expect((await run.prune({ days: 0 })).runs).toEqual([]);
  });
});
