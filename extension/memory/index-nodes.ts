/** How the index of a folder is, in the Memory view. */
import type { IndexProgress, MemoryStatus } from "../../protocol/memory.ts";
import type { Folder } from "./memory.ts";
import { count, type MemoryNode, noteNode } from "./node.ts";

/** Without its children. */
export function indexNode(folder: Folder, status: MemoryStatus, progress: IndexProgress | undefined): MemoryNode {
  const { description, icon, color } = look(status, progress);
  const tooltip = status.problem ?? `${folder.path}\n${description}`;
  return {
    id: `index ${folder.path}`,
    label: "Index",
    description,
    tooltip,
    icon,
    ...(color === undefined ? {} : { color }),
    context: ["index", ...embeddingWords(status)].join(" "),
    subject: { kind: "folder", folder },
  };
}

interface Look {
  readonly description: string;
  readonly icon: string;
  readonly color?: string;
}

function look(status: MemoryStatus, progress: IndexProgress | undefined): Look {
  const now = progress ?? status.progress;
  if (now !== null) return { description: progressText(now), icon: "loading~spin", color: "charts.blue" };
  const files = count(status.files, "file");
  switch (status.state) {
    case "none":
      return { description: "not indexed yet", icon: "circle-outline" };
    case "indexing":
      return { description: "indexing", icon: "loading~spin", color: "charts.blue" };
    case "ready":
      return { description: `ready · ${files}`, icon: "pass", color: "testing.iconPassed" };
    case "stale":
      return { description: `${staleText(status)} · ${files}`, icon: "history", color: "charts.yellow" };
    case "failed":
      return {
        description: `failed: ${status.problem ?? "see the daemon's log"}`,
        icon: "error",
        color: "testing.iconFailed",
      };
  }
}

const PHASES: Readonly<Record<IndexProgress["phase"], string>> = {
  scanning: "looking for files",
  reading: "reading",
  history: "reading history",
  linking: "linking",
  embedding: "embedding",
  learning: "learning",
};

/** "reading 1,200 of 8,000 · 3 s left" */
export function progressText({ phase, done, total, etaMs }: IndexProgress): string {
  const of = total === null ? "" : ` of ${total.toLocaleString("en-US")}`;
  const left = etaMs === null ? "" : ` · ${Math.max(1, Math.round(etaMs / 1000)).toLocaleString("en-US")} s left`;
  return `${PHASES[phase]} ${done.toLocaleString("en-US")}${of}${left}`;
}

/** What the menu may offer about vectors. */
function embeddingWords({ state, vectors }: MemoryStatus): string[] {
  if (state === "none" || state === "failed") return [];
  if (vectors?.state === "running") return ["pause"];
  return vectors?.state === "paused" ? ["resume"] : ["embed"];
}

export function indexChildren(folder: Folder, status: MemoryStatus): MemoryNode[] {
  const line = (name: string, description: string, icon: string, more: Partial<MemoryNode> = {}): MemoryNode => {
    return { id: `${name} ${folder.path}`, label: name, description, icon, ...more };
  };
  if (status.state === "none")
    return [
      line("Index this folder", "search works without a model or a key", "play", {
        command: { name: "nexus.reindexMemory", title: "Index this folder", args: [folder] },
      }),
    ];
  return [
    line("Files", `${status.files.toLocaleString("en-US")} (${megabytes(status.sourceBytes)})`, "files"),
    line("Symbols", `${status.symbols.toLocaleString("en-US")} in ${count(status.chunks, "chunk")}`, "symbol-method"),
    line("Languages", String(status.languages.length), "code", { children: () => languageNodes(folder, status) }),
    ...skippedNode(folder, status),
    line("History", historyText(status), "git-commit"),
    line("Vectors", vectorsText(status), "symbol-array", vectorsColour(status)),
    line("Branch", status.branch ?? "none", "git-branch"),
    line("On disk", megabytes(status.sizeBytes), "database"),
    ...(status.watching
      ? []
      : [noteNode(`unwatched ${folder.path}`, "Changes are not watched: re-index to see them.")]),
    ...(status.stale === null ? [] : [noteNode(`stale ${folder.path}`, staleText(status))]),
    ...status.degraded.map((text, index) => noteNode(`degraded ${index} ${folder.path}`, text)),
  ];
}

function languageNodes(folder: Folder, { languages }: MemoryStatus): MemoryNode[] {
  const engines = { native: "", wasm: " · through WebAssembly", plain: " · as plain text" };
  return languages
    .toSorted((first, second) => second.files - first.files)
    .map(({ name, files, engine }) => ({
      id: `language ${name} ${folder.path}`,
      label: name,
      description: `${count(files, "file")}${engines[engine]}`,
      icon: "file-code",
    }));
}

function skippedNode(folder: Folder, { skipped }: MemoryStatus): MemoryNode[] {
  const total = skipped.reduce((sum, each) => sum + each.count, 0);
  if (total === 0) return [];
  const reasons = skipped.map(({ reason, count: files, examples }) => ({
    id: `skipped ${reason} ${folder.path}`,
    label: reason,
    description: count(files, "file"),
    tooltip: examples.join("\n"),
    icon: "circle-slash",
  }));
  return [
    {
      id: `skipped ${folder.path}`,
      label: "Left out",
      description: count(total, "file"),
      icon: "exclude",
      context: "skipped",
      subject: { kind: "folder", folder },
      children: () => reasons,
    },
  ];
}

/** Everything that was left out and why, as a text to read. */
export function skippedText(folder: Folder, { skipped }: MemoryStatus): string {
  if (skipped.length === 0) return `Nothing of ${folder.path} was left out.\n`;
  const parts = skipped.map(({ reason, count: files, examples }) => {
    const rest = files > examples.length ? ["  …"] : [];
    return [`${reason}: ${count(files, "file")}`, ...examples.map((path) => `  ${path}`), ...rest, ""].join("\n");
  });
  return [`What of ${folder.path} is not in the index\n`, ...parts].join("\n");
}

function staleText({ stale }: MemoryStatus): string {
  return stale === null ? "behind the files" : `${count(stale.files, "changed file")} not read again yet`;
}

function historyText({ history }: MemoryStatus): string {
  if (history === null) return "none";
  return `${count(history.commits, "commit")}${history.limited ? ", older ones left out" : ""}`;
}

function vectorsText({ vectors }: MemoryStatus): string {
  if (vectors === null) return "none; search works without";
  const { done, total, model, store, state, costUsd, problem } = vectors;
  const cost = costUsd === 0 ? "" : ` · $${costUsd.toFixed(4)}`;
  const words = state === "idle" ? "" : ` · ${state}${problem === null ? "" : `: ${problem}`}`;
  return `${done.toLocaleString("en-US")} of ${total.toLocaleString("en-US")} · ${model} in ${store}${cost}${words}`;
}

function vectorsColour({ vectors }: MemoryStatus): Partial<MemoryNode> {
  return vectors?.state === "failed" ? { color: "list.warningForeground" } : {};
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toLocaleString("en-US", { maximumFractionDigits: bytes < 1e7 ? 1 : 0 })} MB`;
}
