/** Packages that are loaded when they are needed, and may be missing: native ones, and those a user installs. */
import { createRequire } from "node:module";

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
