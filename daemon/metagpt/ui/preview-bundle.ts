/** esbuild, as previews use it: in memory, within the fence, its errors as problems of files. */
import { join, posix, sep } from "node:path";
import type { BuildFailure, BuildOptions, Message, Plugin } from "esbuild";
import type { PageContent } from "../../host/browser.ts";
import { findPackage } from "../../host/packages.ts";
import type { Framework } from "./framework.ts";
import { aliasesOf } from "./preview-aliases.ts";
import { type Fence, fenceOf, fencePlugin } from "./preview-fence.ts";
import type { PageParts } from "./preview-page.ts";
import type { PreviewOptions, PreviewProblem } from "./preview-project.ts";

/** A file of the project, or a module of ours that imports `from`. */
export type Entry = { readonly name: string } & (
  | { readonly file: string }
  | { readonly source: string; readonly from: string }
);

type Unbuilt = {
  readonly ok: false;
  readonly problems: readonly PreviewProblem[];
  readonly skipped: readonly string[];
};

export type Bundle =
  | {
      readonly ok: true;
      readonly files: ReadonlyMap<string, PageContent>;
      readonly parts: ReadonlyMap<string, PageParts>;
    }
  | Unbuilt;

type Project = Pick<PreviewOptions, "root" | "linked" | "signal">;

const MAX_BYTES = 40 * 1024 * 1024;
const OUT = "/nexus-preview";

const ASSETS = "png jpg jpeg gif webp avif svg ico woff woff2 ttf otf mp3 mp4 webm".split(" ");
const LOADERS: BuildOptions["loader"] = Object.fromEntries(ASSETS.map((ending) => [`.${ending}`, "dataurl" as const]));

/** What Vite's projects ask for. */
const VITE = JSON.stringify({ MODE: "development", DEV: true, PROD: false, SSR: false, BASE_URL: "/" });

export async function bundle(project: Project, framework: Framework, entries: readonly Entry[]): Promise<Bundle> {
  if (entries.length === 0) return { ok: true, files: new Map(), parts: new Map() };
  const built = await build(project, framework, {
    entryPoints: entries.map((entry) => ({
      out: entry.name,
      in: "file" in entry ? `./${entry.file}` : `nexus:${entry.name}`,
    })),
    plugins: [ownModules(project.root, entries)],
  });
  if (!built.ok) return built;
  const files = new Map<string, PageContent>();
  for (const { path, contents } of built.outputs) {
    const name = posix.basename(path.replaceAll("\\", "/"));
    const type = name.endsWith(".css") ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8";
    files.set(name, { status: 200, type, body: Buffer.from(contents) });
  }
  const partsOf = (name: string): PageParts => ({
    script: `${name}.js`,
    styles: files.has(`${name}.css`) ? [`${name}.css`] : [],
  });
  return { ok: true, files, parts: new Map(entries.map(({ name }) => [name, partsOf(name)])) };
}

/** Names under which a file exports stories: all but `default`. */
export async function storyExports(
  project: Project,
  file: string,
): Promise<{ readonly ok: true; readonly names: readonly string[] } | Unbuilt> {
  const built = await build(project, undefined, { entryPoints: [`./${file}`], bundle: false });
  if (!built.ok) return built;
  const names = built.exports.filter((name) => name !== "default" && !name.startsWith("__"));
  if (names.length > 0) return { ok: true, names: names.slice(0, 30) };
  return {
    ok: false,
    skipped: [],
    problems: [
      {
        path: file,
        message: "it exports no story. Export one for each state: export const Default = { args: { … } };",
      },
    ],
  };
}

interface Built {
  readonly ok: true;
  readonly outputs: readonly { readonly path: string; readonly contents: Uint8Array }[];
  readonly exports: readonly string[];
}

async function build(project: Project, framework: Framework | undefined, own: BuildOptions): Promise<Built | Unbuilt> {
  const { root, linked, signal } = project;
  signal.throwIfAborted();
  if (findPackage("esbuild") === undefined)
    return skippedFor("the package esbuild, which bundles previews, is not installed");
  const esbuild = await import("esbuild");
  const fence = await fenceOf(root, linked);
  const context = await esbuild.context({
    ...{
      absWorkingDir: root,
      outdir: OUT,
      bundle: true,
      write: false,
      metafile: true,
      platform: "browser",
      logLevel: "silent",
    },
    format: own.bundle === false ? "esm" : "iife",
    ...{ target: "es2022", jsx: "automatic", jsxImportSource: framework?.name === "preact" ? "preact" : "react" },
    // Given here, none is looked for: one that a project names could lie anywhere.
    tsconfigRaw: "{}",
    ...{ loader: { ".js": "jsx", ...LOADERS }, charset: "utf8", legalComments: "none", sourcemap: false },
    define: { "process.env.NODE_ENV": '"development"', "import.meta.env": VITE },
    ...own,
    plugins: [...(own.plugins ?? []), fencePlugin(fence, await aliasesOf(root))],
  });
  const stop = () => void context.cancel().catch(() => undefined);
  signal.addEventListener("abort", stop, { once: true });
  try {
    const result = await context.rebuild();
    signal.throwIfAborted();
    const outputs = (result.outputFiles ?? []).map(({ path, contents }) => ({ path, contents }));
    if (outputs.reduce((sum, { contents }) => sum + contents.byteLength, 0) > MAX_BYTES)
      return {
        ok: false,
        skipped: [],
        problems: [{ path: "", message: "what was bundled is larger than 40 MB; import less" }],
      };
    const exports = Object.values(result.metafile?.outputs ?? {}).flatMap((output) => output.exports);
    return { ok: true, outputs, exports };
  } catch (error) {
    signal.throwIfAborted();
    return unbuilt(error, framework, fence);
  } finally {
    signal.removeEventListener("abort", stop);
    await context.dispose();
  }
}

function skippedFor(reason: string): Unbuilt {
  return { ok: false, problems: [], skipped: [reason] };
}

function ownModules(root: string, entries: readonly Entry[]): Plugin {
  return {
    name: "nexus-modules",
    setup(building) {
      building.onResolve({ filter: /^nexus:/ }, ({ path }) => ({
        path: path.slice("nexus:".length),
        namespace: "nexus",
      }));
      building.onLoad({ filter: /.*/, namespace: "nexus" }, ({ path }) => {
        const entry = entries.find(({ name }) => name === path);
        if (entry === undefined || !("source" in entry)) return { errors: [{ text: "there is no such module" }] };
        return { contents: entry.source, loader: "jsx", resolveDir: root };
      });
    },
  };
}

function isFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && "errors" in error && Array.isArray(error.errors);
}

const MOST = 20;

function unbuilt(error: unknown, framework: Framework | undefined, fence: Fence): Unbuilt {
  if (!isFailure(error))
    return skippedFor(`the bundler broke off: ${error instanceof Error ? error.message.split("\n", 1)[0] : "unknown"}`);
  const missing = error.errors.flatMap(({ text }) => missingPackage(text) ?? []);
  const notInstalled = [...new Set(missing.filter((name) => framework === undefined || isNeeded(name, framework)))];
  if (missing.length === error.errors.length && missing.every((name) => notInstalled.includes(name)))
    return skippedFor(
      `packages of the project are not installed: ${notInstalled.join(", ")}. Install them in its folder, as with npm install`,
    );
  return { ok: false, skipped: [], problems: error.errors.slice(0, MOST).map((message) => problemOf(message, fence)) };
}

/** `Could not resolve "react/jsx-runtime"` → `react` */
function missingPackage(text: string): string | undefined {
  const path = /^Could not resolve "([^"]+)"/.exec(text)?.[1];
  if (path === undefined || /^[./~#]|^[a-z]+:|^@\//i.test(path)) return undefined;
  return /^(@[^/]+\/[^/]+|[^/]+)/.exec(path)?.[1];
}

function isNeeded(name: string, { packages, name: own }: Framework): boolean {
  return packages.includes(name) || name === own || (own === "react" && name === "react-dom");
}

/** What is told of a file outside of the fence could be what stands in it. */
function problemOf({ text, location }: Message, { folders }: Fence): PreviewProblem {
  const path = location?.file.replaceAll("\\", "/") ?? "";
  if (path.startsWith("nexus:") || path === "") return { path: "", message: text.slice(0, 500) };
  const isOutside = path.startsWith("..") || posix.isAbsolute(path);
  if (isOutside && !folders.some((folder) => join(folders[0] ?? "", path).startsWith(folder + sep)))
    return { path: "", message: "a file outside of the project could not be read as code" };
  const line = location?.line;
  return { path, message: text.slice(0, 500), ...(line === undefined ? {} : { line }) };
}
