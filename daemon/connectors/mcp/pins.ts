/**
 * What tools of servers were when they were first let through. A server that says something else of a tool later may be
 * another server by then, so that the tool is asked about again.
 */
import { readText, writeAtomically } from "../../host/files.ts";

export interface Pins {
  get(key: string): string | undefined;
  /** Resolves when it is on disk. */
  set(key: string, hash: string): Promise<void>;
}

/** Reads the file once; one that cannot be read counts as none, and every tool is new then. */
export async function openPins(path: string): Promise<Pins> {
  const known = new Map(Object.entries(parse(await readText(path).catch(() => undefined))));
  let writing = Promise.resolve();
  return {
    get: (key) => known.get(key),
    async set(key, hash) {
      if (known.get(key) === hash) return;
      known.set(key, hash);
      const write = () => writeAtomically(path, `${JSON.stringify(Object.fromEntries(known), null, 2)}\n`, 0o600);
      writing = writing.then(write, write);
      await writing;
    },
  };
}

function parse(text: string | undefined): Record<string, string> {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    if (typeof value !== "object" || value === null) return {};
    return Object.fromEntries(
      Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    );
  } catch {
    return {};
  }
}
