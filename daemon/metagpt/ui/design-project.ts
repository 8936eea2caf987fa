/** The UI design in a copy, and what of it is built already: which files of stories, which page. */
import { join, posix } from "node:path";
import { UiDesign } from "../../../protocol/index.ts";
import { readFileOnce } from "../../host/source-files.ts";
import { listWorkspace } from "../../memory/listing.ts";
import { resolveInside } from "../../security/paths/fence.ts";
import { scriptsIn } from "./preview-page.ts";

export interface DesignProject {
  /** Of the project, from the copy's root: "" or `shop`. */
  readonly folder: string;
  /** Absolute. */
  readonly root: string;
  /** Links that lead out of it, from its folder. */
  readonly linked: readonly string[];
  readonly design: UiDesign;
  /** `docs/ui_design/20260101.json` → `20260101`. */
  readonly stem: string;
  /** From the project's folder. */
  readonly paths: readonly string[];
}

const MAX_BYTES = 4 * 1024 * 1024;
const DOCUMENT = /^(?:(.*)\/)?docs\/ui_design\/([^/]+)\.json$/;

interface Copy {
  readonly root: string;
  readonly linked: readonly string[];
  readonly signal: AbortSignal;
}

/** Those of each folder with its latest design. What does not parse is left to those who check documents. */
export async function designProjects({ root, linked, signal }: Copy): Promise<DesignProject[]> {
  const { paths } = await listWorkspace(root, { signal });
  const projects = new Map<string, DesignProject>();
  for (const path of paths) {
    const [, folder = "", stem = ""] = DOCUMENT.exec(path) ?? [];
    const design = stem === "" ? undefined : UiDesign.safeParse(jsonOf(await textAt(root, path))).data;
    if (design === undefined) continue;
    const inside = (other: string) =>
      folder === "" ? other : other.startsWith(`${folder}/`) ? other.slice(folder.length + 1) : undefined;
    const own = (all: readonly string[]) => all.flatMap((other) => inside(other) ?? []);
    projects.set(folder, { folder, root: join(root, folder), linked: own(linked), design, stem, paths: own(paths) });
  }
  return [...projects.values()];
}

async function textAt(root: string, path: string): Promise<string | undefined> {
  const at = await resolveInside(root, path);
  const read = at.ok ? readFileOnce(at.value.absolute, MAX_BYTES) : undefined;
  return read?.ok === true ? read.bytes.toString("utf8") : undefined;
}

function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}

/** The app's page, once all scripts that it names are written; null before. */
export async function builtPage({ root, paths }: DesignProject): Promise<string | null> {
  for (const page of ["index.html", "public/index.html", "src/index.html"]) {
    const html = paths.includes(page) ? await textAt(root, page) : undefined;
    if (html !== undefined && scriptsIn(html, page).every((script) => paths.includes(posix.normalize(script))))
      return page;
  }
  return null;
}

/** Files of stories that are there: those of the design's components, and others. */
export function storyFiles({ paths }: DesignProject): string[] {
  return paths.filter((path) => /\.stories\.[jt]sx?$/.test(path));
}
