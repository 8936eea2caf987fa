/** Documents of runs, as views read them and people change them; what a run is, orchestration tells by a port. */
import type { RunState } from "../../../protocol/index.ts";
import { folderFiles, type ProjectEntry, type ProjectFiles } from "../documents/project-files.ts";
import { saveInFolder } from "../view/save.ts";
import type { RunDesign } from "../view/source.ts";

export interface HeldCommit {
  readonly paths: readonly string[];
  read(path: string, mostBytes: number): Promise<Uint8Array | undefined>;
}

export interface RunsWithDesigns {
  look(runId: string): Promise<{
    readonly run: RunState;
    readonly files:
      | { readonly kind: "copy"; readonly root: string }
      | { readonly kind: "commit"; readonly files: HeldCommit }
      | { readonly kind: "none" };
  }>;
  artifact(runId: string, address: string): Promise<Uint8Array | undefined>;
  edit(runId: string, edit: { path: string; by: string; write: (root: string) => Promise<void> }): Promise<void>;
}

export function createRunDesign(runs: RunsWithDesigns): RunDesign {
  return {
    async state(runId) {
      const { run } = await runs.look(runId);
      const gates = (run.pendingQuestions ?? []).flatMap(({ document, questionId }) =>
        document === undefined ? [] : [[document, questionId] as const],
      );
      return { run, folder: "", gates: new Map(gates), asksPeople: !run.headless };
    },
    async files(runId) {
      const { run, files } = await runs.look(runId);
      const name = run.workspace.split(/[\\/]/).at(-1) ?? "";
      if (files.kind === "copy") return folderFiles(files.root, name);
      return files.kind === "commit" ? filesOfCommit(name, files.files) : undefined;
    },
    artifact: (runId, address) => runs.artifact(runId, address),
    async save(runId, { path, text, hash, by }) {
      let saved = hash;
      await runs.edit(runId, {
        path,
        by,
        async write(root) {
          saved = (await saveInFolder({ workspace: root, root, path, text, hash })).hash;
        },
      });
      return { hash: saved };
    },
  };
}

/** A commit's files; nothing is read before it is asked for. */
function filesOfCommit(name: string, { paths, read }: HeldCommit): ProjectFiles {
  return {
    name,
    async list(folder) {
      const start = folder === "" ? "" : `${folder}/`;
      const kinds = new Map<string, ProjectEntry["kind"]>();
      for (const path of paths.filter((one) => one.startsWith(start))) {
        const [first = "", ...rest] = path.slice(start.length).split("/");
        kinds.set(first, rest.length === 0 ? "file" : "folder");
      }
      return [...kinds].map(([entry, kind]) => ({ name: entry, kind }));
    },
    async read(path, mostBytes) {
      const bytes = await read(path, mostBytes);
      return bytes === undefined ? { ok: false, reason: "missing" } : { ok: true, bytes };
    },
  };
}
