/** Folders of a workspace that hold design documents, told by their names alone. */

const FOLDERS = ["prd", "prds", "system_design", "ui_design"].map((name) => `docs/${name}/*.json`);
const FILES = ["prd", "system_design"].flatMap((name) => [`docs/${name}.json`, `docs/${name}.md`]);

/** Files that only such a folder has, in both dialects and in older layouts. No braces in braces: not every editor takes them. */
export const PROJECT_FILES = `**/{${[...FOLDERS, ...FILES, ".dependencies.json"].join(",")}}`;

/** From paths with `/` relative to the workspace: the projects' folders, "" for the workspace itself; each once, sorted. */
export function projectFolders(paths: readonly string[]): string[] {
  const folders = paths.flatMap((path) => {
    const found = /^(?:(.*)\/)?(?:docs\/|\.dependencies\.json$)/.exec(path);
    return found === null ? [] : [found[1] ?? ""];
  });
  return [...new Set(folders)].toSorted();
}
