/** `npm ci` refuses a lock that lacks what package.json asks for, other platforms' packages included. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

interface LockEntry {
  readonly resolved?: string;
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
}

const lock: { packages: Record<string, LockEntry> } = read("package-lock.json");

it("holds every package that another one in it needs, for every platform", () => {
  const missing = Object.entries(lock.packages).flatMap(([path, entry]) =>
    Object.keys({ ...entry.dependencies, ...entry.devDependencies, ...entry.optionalDependencies })
      .filter((name) => !foldersAbove(path).some((folder) => `${folder}node_modules/${name}` in lock.packages))
      .map((name) => `${path} needs ${name}`),
  );
  expect(missing).toEqual([]);
});

it("asks for what package.json asks for", () => {
  const manifest: LockEntry = read("package.json");
  expect(lock.packages[""]?.dependencies).toEqual(manifest.dependencies);
  expect(lock.packages[""]?.devDependencies).toEqual(manifest.devDependencies);
});

it("holds no addresses, so that it works with any registry", () => {
  expect(Object.entries(lock.packages).filter(([, entry]) => entry.resolved !== undefined)).toEqual([]);
});

/** "", or with a slash at the end: where npm looks for what the package at this path needs. */
function foldersAbove(path: string): string[] {
  if (path === "") return [""];
  const parent = path.slice(0, Math.max(0, path.lastIndexOf("node_modules/"))).replace(/\/$/, "");
  return [`${path}/`, ...foldersAbove(parent)];
}

function read<Content>(file: string): Content {
  return JSON.parse(readFileSync(new URL(`../../${file}`, import.meta.url), "utf8"));
}
