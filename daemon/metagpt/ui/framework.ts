/** Which framework a project is written in, told by its package.json, and whether its components can be shown here. */
import * as z from "zod/mini";

const Manifest = z.looseObject({
  dependencies: z.optional(z.record(z.string(), z.string())),
  devDependencies: z.optional(z.record(z.string(), z.string())),
  peerDependencies: z.optional(z.record(z.string(), z.string())),
});

export interface Framework {
  readonly name: "react" | "preact" | "vue" | "svelte" | "angular" | "solid" | "html";
  /** As people write it. */
  readonly title: string;
  /** Empty: stories can be shown; else why not, for people. */
  readonly noStories: string;
  /** Names of all packages that the project says it needs. */
  readonly packages: readonly string[];
}

const KNOWN = [
  ["angular", "Angular", "@angular/core"],
  ["vue", "Vue", "vue"],
  ["svelte", "Svelte", "svelte"],
  ["solid", "Solid", "solid-js"],
  ["react", "React", "react"],
  ["preact", "Preact", "preact"],
] as const;

/** `manifest`: the text of package.json; undefined: there is none. React where nothing is said. */
export function detectFramework(manifest: string | undefined, hasPage = false): Framework {
  const packages = packagesIn(manifest);
  const found = KNOWN.find(([, , name]) => packages.includes(name));
  if (found === undefined)
    return hasPage && packages.length === 0
      ? { name: "html", title: "plain HTML", noStories: "plain HTML has no stories; its pages are looked at", packages }
      : { name: "react", title: "React", noStories: "", packages };
  const [name, title] = found;
  const needsCompiler = name !== "react" && name !== "preact";
  const noStories = needsCompiler
    ? `${title} components need the project's own compiler, which Nexus does not run: only pages that are HTML are looked at`
    : "";
  return { name, title, noStories, packages };
}

function packagesIn(manifest: string | undefined): string[] {
  try {
    const parsed = Manifest.safeParse(JSON.parse(manifest ?? "{}")).data;
    const { dependencies, devDependencies, peerDependencies } = parsed ?? {};
    return Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies });
  } catch {
    return [];
  }
}
