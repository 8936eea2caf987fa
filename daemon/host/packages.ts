/** Packages that are loaded when they are needed, and may be missing on this machine: native ones, and those a user installs. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The folder of an installed package; undefined when it is not installed. */
export function packageFolder(name: string): string | undefined {
  const fromHere = createRequire(import.meta.url);
  for (const folder of fromHere.resolve.paths(name) ?? []) {
    try {
      return dirname(fromHere.resolve(join(folder, name, "package.json")));
    } catch {
      // Not in this one.
    }
  }
  return undefined;
}

/** What the package in this folder exports, by `require`; throws when it does not load on this machine. */
export function loadPackageAt(folder: string): unknown {
  const fromPackage = createRequire(join(folder, "package.json"));
  return fromPackage(folder);
}

/** The native part of a package that brings it ready made; throws when there is none for this machine. */
export function loadNativePart(folder: string): unknown {
  const fromPackage = createRequire(join(folder, "package.json"));
  const load: unknown = fromPackage("node-gyp-build");
  if (typeof load !== "function") throw new Error(`${folder}: its node-gyp-build is none that is known.`);
  return load(folder);
}

const requireHere = createRequire(import.meta.url);

/** Throws what the package throws; with code MODULE_NOT_FOUND when it is not installed. `Package` is its documented face. */
export function requirePackage<Package>(name: string): Package {
  const loaded: Package = requireHere(name);
  return loaded;
}

/** Where the package's entry is, without loading it; undefined when it is not installed. */
export function findPackage(name: string): string | undefined {
  try {
    return requireHere.resolve(name);
  } catch {
    return undefined;
  }
}
