/** What a path alone tells of a file: whether its text is worth keeping, or must not be kept. */
import { isSecretPath } from "../../security/paths/path-classes.ts";
import type { SkipReason } from "./skip-reasons.ts";

/** Dependencies and caches, left out even where git was never told to. */
const DEPENDENCY_FOLDERS = new Set(
  [
    "node_modules bower_components jspm_packages .yarn .pnpm-store .venv __pycache__ .tox .nox .mypy_cache",
    ".pytest_cache .ruff_cache .gradle .next .nuxt .svelte-kit .turbo .parcel-cache .terraform .git .hg .svn .jj",
  ].flatMap((line) => line.split(" ")),
);

/** Files that a program wrote and reads again: nobody looks for code in them. */
const GENERATED_FILES = new Set(
  [
    "package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml bun.lock bun.lockb deno.lock composer.lock",
    "gemfile.lock cargo.lock poetry.lock pipfile.lock uv.lock pdm.lock go.sum go.work.sum gradle.lockfile",
    "packages.lock.json podfile.lock package.resolved mix.lock pubspec.lock flake.lock .terraform.lock.hcl",
  ].flatMap((line) => line.split(" ")),
);
const GENERATED_NAME = /[.-]min\.(?:m?js|cjs|css)$|\.(?:bundle|chunk)\.(?:js|css)$|\.(?:js|mjs|cjs|css|ts)\.map$/;

const BINARY_ENDINGS = new Set(
  [
    "png jpg jpeg gif bmp ico icns webp avif heic tif tiff psd ai eps xcf svgz cur",
    "mp3 mp4 m4a m4v aac wav ogg oga ogv flac opus avi mov mkv webm wmv",
    "zip gz tgz bz2 xz zst lz4 7z rar tar jar war ear aar apk ipa whl egg gem nupkg deb rpm dmg iso msi cab vsix crx",
    "exe dll so dylib a lib o obj ko bin dat class pyc pyo wasm node pdb elf",
    "pdf doc docx xls xlsx ppt pptx odt ods odp ttf otf woff woff2 eot",
    "sqlite sqlite3 db mdb parquet avro orc npy npz pkl pickle pt pth onnx safetensors gguf h5 tflite pb",
  ].flatMap((line) => line.split(" ")),
);

/** Why a file of this path is not indexed; undefined when it may be. */
export function skipByPath(path: string): SkipReason | undefined {
  if (dependencyFolderOf(path) !== undefined) return "ignored";
  if (isSecretPath(path)) return "secret";
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  if (GENERATED_FILES.has(name) || GENERATED_NAME.test(name)) return "generated";
  const dot = name.lastIndexOf(".");
  return dot >= 0 && BINARY_ENDINGS.has(name.slice(dot + 1)) ? "binary" : undefined;
}

/** The outermost dependency folder that holds the path: "a/node_modules" of "a/node_modules/b/c.js". */
export function dependencyFolderOf(path: string): string | undefined {
  for (let start = 0, end = path.indexOf("/"); end >= 0; start = end + 1, end = path.indexOf("/", start))
    if (isDependencyFolder(path.slice(start, end))) return path.slice(0, end);
  return undefined;
}

export function isDependencyFolder(name: string): boolean {
  return DEPENDENCY_FOLDERS.has(name);
}
