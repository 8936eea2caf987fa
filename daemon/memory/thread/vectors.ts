/** Vectors of all repositories of the memory thread, and memory/embedding. */
import { join } from "node:path";
import type { Answer, IndexProgress, Params, VectorStatus } from "../../../protocol/index.ts";
import { NexusError } from "../../../protocol/index.ts";
import type { Clock } from "../../host/clock.ts";
import { removeTree } from "../../host/files.ts";
import { choiceOf, type EmbeddingSettings } from "../embedding/choice.ts";
import { createRepositoryVectors, type RepositoryVectors } from "../embedding/repository-vectors.ts";
import { createChromaAddress, createStores } from "../embedding/stores.ts";
import type { Repository } from "../index/repository.ts";
import type { AskMeaning } from "./search.ts";
import { partStore, type Workspace } from "./workspace.ts";
import type { Workspaces } from "./workspaces.ts";

export interface Vectors {
  of(workspace: Workspace): RepositoryVectors;
  readonly meaning: AskMeaning;
  statusOf(workspace: Workspace): VectorStatus;
  progressOf(workspace: Workspace): IndexProgress | null;
  answer(
    workspace: Workspace,
    params: Params<"memory/embedding">,
    signal: AbortSignal,
  ): Promise<Answer<"memory/embedding">>;
  /** Removes the vectors of a repository that no other workspace uses. */
  forget(workspace: Workspace): Promise<void>;
  close(): Promise<void>;
}

export interface VectorsParts {
  readonly settings: EmbeddingSettings;
  /** The data folder's part for indexes. */
  readonly folder: string;
  readonly workspaces: Workspaces;
  readonly clock: Clock;
  readonly onChange: (workspace: Workspace) => void;
}

export function createVectors({ settings, folder, workspaces, clock, onChange }: VectorsParts): Vectors {
  const known = new Map<Repository, RepositoryVectors>();
  const chroma = createChromaAddress(settings, join(folder, "chroma"), clock);
  const folderOf = ({ place }: Workspace) => join(place.folder, "vectors");

  function make(workspace: Workspace): RepositoryVectors {
    const { repository, place } = workspace;
    const own = () => [...workspaces.all()].filter((each) => each.repository === repository);
    return createRepositoryVectors({
      settings,
      stores: createStores(folderOf(workspace), place.key, chroma, clock),
      parts: partStore(repository, ""),
      clock,
      workspaces: own,
      isKnown: (name) => repository.blob(name) !== undefined,
      onChange() {
        for (const each of own()) onChange(each);
      },
    });
  }

  function of(workspace: Workspace): RepositoryVectors {
    const present = known.get(workspace.repository) ?? make(workspace);
    known.set(workspace.repository, present);
    return present;
  }

  const statusOf = (workspace: Workspace) => of(workspace).status(workspace) ?? statusOfTable(workspace);

  async function act(
    workspace: Workspace,
    params: Params<"memory/embedding">,
    signal: AbortSignal,
  ): Promise<Answer<"memory/embedding">["estimate"]> {
    const vectors = of(workspace);
    switch (params.action) {
      case "status":
        return null;
      case "estimate": {
        const choice = chosen(params, settings);
        return choice === null ? NOTHING_TO_PAY : vectors.estimate(choice, signal);
      }
      case "start":
        await vectors.start(chosen(params, settings), capOf(params, settings), signal);
        return null;
      case "pause":
        await vectors.pause();
        return null;
      case "resume":
        await vectors.resume(params.capUsd, signal);
        return null;
      case "cancel":
        await vectors.cancel();
        return null;
    }
  }

  return {
    of,
    meaning: (workspace, text, signal) => of(workspace).meaning(workspace, text, signal),
    statusOf,
    progressOf: (workspace) => of(workspace).progress(),
    async answer(workspace, params, signal) {
      const estimate = await act(workspace, params, signal);
      return { vectors: statusOf(workspace), estimate };
    },
    async forget(workspace) {
      const { repository } = workspace;
      if (repository.rows.views().some(({ root }) => root !== workspace.root)) return;
      await of(workspace).forget();
      known.delete(repository);
      await removeTree(folderOf(workspace));
    },
    async close() {
      await Promise.allSettled([...known.values()].map((vectors) => vectors.close()));
      await chroma.close();
    },
  };
}

/** The built-in table's vectors come with the index. */
const NOTHING_TO_PAY = { chunks: 0, tokens: 0, costUsd: 0, seconds: 0 };

function chosen(params: Params<"memory/embedding">, settings: EmbeddingSettings) {
  const choice = choiceOf(params, settings);
  if (!choice.ok) throw new NexusError(choice.error);
  return choice.value;
}

function capOf({ capUsd }: Params<"memory/embedding">, settings: EmbeddingSettings): number | null {
  return capUsd === undefined ? settings.capUsd : capUsd;
}

function statusOfTable({ repository, table }: Workspace): VectorStatus {
  const chunksOf = (isCounted: (generation: number) => boolean) =>
    repository
      .segments()
      .filter(({ generation }) => isCounted(generation))
      .reduce((sum, { memory }) => sum + memory.segment.chunks, 0);
  return {
    store: "usearch",
    model: table.name,
    dimensions: table.dimensions,
    done: chunksOf((generation) => generation > 0),
    total: chunksOf(() => true),
    state: "idle",
    costUsd: 0,
    capUsd: null,
    problem: null,
  };
}
