/** Whether what was built is what was designed, and can be used: files and stories of components, pages in a browser. */
import { posix } from "node:path";
import type { UiComponent } from "../../../protocol/index.ts";
import type { CheckedPage } from "../../tools/checked-page.ts";
import type { FieldFinding } from "../../tools/fields/field-check.ts";
import { builtPage, type DesignProject, designProjects, storyFiles } from "./design-project.ts";
import { lookAtPreview } from "./look-at-preview.ts";
import { skippedChecks } from "./page-checks.ts";
import { buildPreview, type Preview } from "./preview.ts";

export interface DesignCheckOptions {
  /** Absolute path of the copy. */
  readonly root: string;
  readonly linked: readonly string[];
  readonly signal: AbortSignal;
  /** Paths from the copy's root that were changed: only what hangs on them is asked for. Left out: everything. */
  readonly changed?: readonly string[];
  /** Its pages may run in a browser. */
  readonly trusted: boolean;
}

export interface DesignChecked {
  /** False: the copy holds no UI design. */
  readonly hasDesign: boolean;
  readonly findings: readonly FieldFinding[];
  readonly pages: readonly CheckedPage[];
  /** By project folder: what was bundled. */
  readonly previews: ReadonlyMap<string, Preview>;
  /** Why something was not looked at. */
  readonly skipped: readonly string[];
}

/** Pictures by target and width, from the project's folder. */
export function screenshotPath(target: string, width: number): string {
  const name = target === "/" ? "app" : target.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-+|-+$/g, "");
  return `docs/ui_design/screenshots/${name}-${width}.png`;
}

/** Rejects with the signal's reason only. */
export async function checkDesign(options: DesignCheckOptions): Promise<DesignChecked> {
  const projects = await designProjects(options);
  const findings: FieldFinding[] = [];
  const pages: CheckedPage[] = [];
  const skipped: string[] = [];
  const previews = new Map<string, Preview>();
  for (const project of projects) {
    const checked = await checkProject(project, options);
    if (checked === undefined) continue;
    findings.push(...checked.findings.map((finding) => ({ ...finding, path: inCopy(project, finding.path) })));
    pages.push(...checked.pages);
    skipped.push(...checked.skipped);
    previews.set(project.folder, checked.preview);
  }
  return { hasDesign: projects.length > 0, findings, pages, previews, skipped: [...new Set(skipped)] };
}

function inCopy({ folder }: DesignProject, path: string): string {
  return path === "" || folder === "" ? path : posix.join(folder, path);
}

interface ProjectChecked {
  readonly findings: readonly FieldFinding[];
  readonly pages: readonly CheckedPage[];
  readonly preview: Preview;
  readonly skipped: readonly string[];
}

/** Undefined: nothing of it was touched. */
async function checkProject(project: DesignProject, options: DesignCheckOptions): Promise<ProjectChecked | undefined> {
  const { signal, trusted } = options;
  const asked = askedOf(project, options.changed);
  if (asked === undefined) return undefined;
  const stories = storyFiles(project).filter(
    (file) => asked.isWhole || asked.components.some((one) => one.stories === file),
  );
  const page = await builtPage(project);
  const preview = await buildPreview({ ...project, stories, page, signal });
  const findings = [
    ...componentFindings(project, asked.components, preview),
    ...preview.problems.map((problem): FieldFinding => ({ ...problem, severity: "error" })),
  ];
  if (!trusted) {
    const reason = "the workspace is not trusted, so no page of it was opened";
    const pages = preview.pages.map(({ target }) => ({ target, checks: skippedChecks(reason), screenshots: [] }));
    return { findings, pages, preview, skipped: [...preview.skipped, reason] };
  }
  const pathOf = (target: string, width: number) => inCopy(project, screenshotPath(target, width));
  const looked = await lookAtPreview(preview, { signal, pathOf });
  const reasons = [...preview.skipped, ...(looked.skipped === undefined ? [] : [looked.skipped])];
  return {
    findings: [...findings, ...looked.pages.flatMap((one) => pageFindings(one, project))],
    pages: looked.pages,
    preview,
    skipped: reasons,
  };
}

interface Asked {
  readonly isWhole: boolean;
  readonly components: readonly UiComponent[];
}

/** Components whose files were changed; undefined where nothing was changed that a page shows. */
function askedOf({ folder, design }: DesignProject, changed: readonly string[] | undefined): Asked | undefined {
  if (changed === undefined) return { isWhole: true, components: design.Components };
  const own = changed.flatMap((path) =>
    folder === "" ? path : path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : [],
  );
  const components = design.Components.filter(({ file, stories }) => own.includes(file) || own.includes(stories));
  return components.length === 0 && !own.some(isShown) ? undefined : { isWhole: false, components };
}

/** A file that a page may be made of. */
export function isShown(path: string): boolean {
  return /\.([jt]sx?|mjs|vue|svelte|css|scss|html?)$/i.test(path) && !/\.(test|spec)\.\w+$|\.config\.\w+$/i.test(path);
}

function componentFindings(
  { paths }: DesignProject,
  components: readonly UiComponent[],
  { stories: exported, framework }: Preview,
): FieldFinding[] {
  return components.flatMap(({ name, file, stories, states }) => {
    const tell = (path: string, message: string): FieldFinding[] => [
      { path, message: `${message} (design/component)`, severity: "error" },
    ];
    if (!paths.includes(file))
      return tell(file, `the design has the component ${name} here, and there is no such file`);
    if (!paths.includes(stories))
      return framework.noStories === ""
        ? tell(stories, `${name} needs its stories here, one for each of ${states.join(", ")}`)
        : [];
    const missing = exported.has(stories)
      ? states.filter((state) => exported.get(stories)?.includes(state) !== true)
      : [];
    return missing.length === 0
      ? []
      : tell(stories, `${name} has the states ${states.join(", ")}; there is no story for ${missing.join(", ")}`);
  });
}

function pageFindings({ target, checks }: CheckedPage, { design }: DesignProject): FieldFinding[] {
  const component = design.Components.find(
    ({ name, stories }) =>
      target.startsWith(`${name}/`) || posix.basename(stories).startsWith(`${target.split("/")[0]}.stories.`),
  );
  const path = target === "/" ? "" : (component?.file ?? "");
  const where = target === "/" ? "the app" : target;
  return checks
    .filter(({ outcome }) => outcome === "failed")
    .map(({ name, detail }) => ({ path, message: `${where}: ${detail} (design/${name})`, severity: "error" as const }));
}

/** `13 pages looked at in a browser, 12 of them fine`; or why none was. */
export function summaryOf({ hasDesign, pages, skipped }: DesignChecked): string {
  if (!hasDesign) return "there is no UI design here";
  const looked = pages.filter(({ checks }) => checks.some(({ outcome }) => outcome !== "skipped"));
  const why = skipped.length === 0 ? "" : `not looked at: ${skipped.join("; ")}`;
  if (looked.length === 0) return (why === "" ? "no page hangs on what was changed" : why).slice(0, 500);
  const fine = looked.filter(({ checks }) => checks.every(({ outcome }) => outcome === "passed"));
  const told = `${looked.length} pages looked at in a browser, ${fine.length} of them fine`;
  return (why === "" ? told : `${told}; ${why}`).slice(0, 500);
}
