/** Finds the type checker or linter that a project brings itself. Nothing is ever installed. */
import { join } from "node:path";
import { listFolder, readText } from "../../host/files.ts";
import { hostPlatform } from "../../host/processes.ts";
import type { OutputFormat } from "./parse.ts";

export type CheckKind = "types" | "lint";

export interface Check {
  readonly name: string;
  /** For the platform's shell, in the root of the copy. */
  readonly command: string;
  readonly format: OutputFormat;
}

interface Place {
  readonly root: string;
  readonly names: ReadonlySet<string>;
  /** What the project has in node_modules/.bin. */
  readonly programs: ReadonlySet<string>;
  readonly isWindows: boolean;
}

/** The first that fits of the wanted kind, or of the other where the project has none of it. */
export async function detectCheck(
  root: string,
  kind: CheckKind,
  platform: NodeJS.Platform = hostPlatform,
): Promise<Check | undefined> {
  const isWindows = platform === "win32";
  const names = new Set((await listFolder(root)).map(({ name }) => name));
  const programs = new Set((await listFolder(join(root, "node_modules", ".bin"))).map(({ name }) => name));
  const place = { root, names, programs, isWindows };
  const [types, lint] = [await typesCheck(place), await lintCheck(place)];
  return kind === "types" ? (types ?? lint) : (lint ?? types);
}

async function typesCheck(place: Place): Promise<Check | undefined> {
  const { root, names, programs } = place;
  if (names.has("tsconfig.json") && programs.has("tsc")) {
    const config = (await readText(join(root, "tsconfig.json"))) ?? "";
    const build = /"references"\s*:/.test(config) ? "-b --noEmit" : "--noEmit";
    return { name: "tsc", command: `${own("tsc", place)} ${build} --pretty false`, format: "tsc" };
  }
  if (names.has("Cargo.toml"))
    return { name: "cargo", command: "cargo check --all-targets --message-format=short", format: "colon" };
  if (names.has("go.mod")) return { name: "go vet", command: "go vet ./...", format: "colon" };
  if (names.has("pyrightconfig.json") || (await isConfigured(place, "tool.pyright")))
    return { name: "pyright", command: "pyright", format: "colon" };
  if (names.has("mypy.ini") || (await isConfigured(place, "tool.mypy")))
    return { name: "mypy", command: `${python(place)} -m mypy --no-error-summary --no-pretty .`, format: "colon" };
  return undefined;
}

async function lintCheck(place: Place): Promise<Check | undefined> {
  const { names, programs } = place;
  if ((names.has("biome.json") || names.has("biome.jsonc")) && programs.has("biome"))
    return { name: "biome", command: `${own("biome", place)} lint --reporter=github`, format: "github" };
  if (programs.has("eslint") && [...names].some((name) => /^(eslint\.config\.|\.eslintrc)/.test(name)))
    return { name: "eslint", command: `${own("eslint", place)} --format json .`, format: "eslint" };
  if (names.has("ruff.toml") || (await isConfigured(place, "tool.ruff")))
    return { name: "ruff", command: "ruff check --no-fix --output-format concise", format: "colon" };
  return undefined;
}

function own(program: string, { isWindows }: Place): string {
  return isWindows ? `node_modules\\.bin\\${program}` : `node_modules/.bin/${program}`;
}

function python({ names, isWindows }: Place): string {
  const environment = [".venv", "venv"].find((name) => names.has(name));
  if (environment === undefined) return isWindows ? "python" : "python3";
  return isWindows ? `${environment}\\Scripts\\python.exe` : `${environment}/bin/python`;
}

async function isConfigured({ root, names }: Place, section: string): Promise<boolean> {
  if (!names.has("pyproject.toml")) return false;
  return ((await readText(join(root, "pyproject.toml"))) ?? "").includes(`[${section}`);
}
