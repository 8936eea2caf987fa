/** Files that are protected for a part of their content only: the scripts of a manifest, the filters of attributes. */
import { isProtectedPath, normalPath } from "./path-classes.ts";

/** What package managers, git hooks and Corepack run or obey. */
const RUN_FIELDS = [
  "scripts bin config husky lint-staged simple-git-hooks pre-commit pre-push commitlint gypfile packageManager pnpm",
  "devEngines nx wireit",
].flatMap((line) => line.split(" "));

const MANIFESTS = new Set(["package.json", "composer.json"]);

/** True for a file whose content decides: a change of it must be looked at before it can be called harmless. */
export function isPartlyProtected(path: string): boolean {
  const name = nameOf(path);
  return MANIFESTS.has(name) || name === ".gitattributes";
}

/** Whether a person should see this change first. Null: the file is not there, before or after. */
export function isProtectedChange(path: string, before: string | null, after: string | null): boolean {
  if (isProtectedPath(path)) return true;
  if (after === null || !isPartlyProtected(path)) return false;
  return MANIFESTS.has(nameOf(path))
    ? fieldsOf(before) !== fieldsOf(after) || fieldsOf(after) === undefined
    : filtersOf(before) !== filtersOf(after);
}

function nameOf(path: string): string {
  return normalPath(path).split("/").at(-1) ?? "";
}

/** The fields that run something, as text; undefined for what is no manifest. */
function fieldsOf(content: string | null): string | undefined {
  if (content === null || content.trim() === "") return "[]";
  try {
    const manifest: unknown = JSON.parse(content.replace(/^\ufeff/, ""));
    if (typeof manifest !== "object" || manifest === null || Array.isArray(manifest)) return undefined;
    const fields = Object.entries(manifest).filter(([name]) => RUN_FIELDS.includes(name));
    return JSON.stringify(fields.sort(([first], [second]) => (first < second ? -1 : 1)));
  } catch {
    return undefined;
  }
}

function filtersOf(content: string | null): string {
  const lines = (content ?? "").split(/\r?\n/);
  return lines.filter((line) => /\b(filter|diff|merge)=|\[attr\]/.test(line)).join("\n");
}
