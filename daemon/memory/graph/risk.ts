/** How risky a change is, in words that can be checked. */
import type { CoChange } from "../history/history.ts";
import { nameOf } from "./paths.ts";
import type { Target } from "./symbols.ts";
import type { World } from "./world.ts";

export interface Risk {
  readonly level: "low" | "medium" | "high";
  /** Each a sentence without its full stop. */
  readonly reasons: readonly string[];
}

interface Reached {
  readonly dependants: readonly { readonly distance: number }[];
  readonly files: readonly string[];
  readonly tests: readonly unknown[];
  readonly partners: readonly CoChange[];
}

const MANY_FILES = 10;
const VERY_MANY_FILES = 40;
const HOT = 20;

export function riskOf(world: World, target: Target, { dependants, files, tests, partners }: Reached): Risk {
  const home = target.kind === "file" ? target.path : (target.nodes[0]?.path ?? "");
  const points: [number, string][] = [];
  if (files.length >= MANY_FILES)
    points.push([files.length >= VERY_MANY_FILES ? 4 : 2, `${files.length} files depend on it`]);
  if (isPublic(world, target, home)) points.push([1, "it is public: code outside of this workspace may use it"]);
  const place = world.history?.hotSpots(HOT).findIndex(({ path }) => path === home) ?? -1;
  if (place >= 0) points.push([1, `${home} is number ${place + 1} of the hot spots in history`]);
  if (tests.length === 0 && dependants.length > 0) points.push([2, "no test reaches it"]);
  if (partners.length > 0)
    points.push([
      1,
      `${partners.length} ${partners.length === 1 ? "file" : "files"} usually changed with it without using it`,
    ]);
  const sum = points.reduce((total, [score]) => total + score, 0);
  const reasons = points.map(([, reason]) => reason);
  return { level: sum >= 4 ? "high" : sum >= 2 ? "medium" : "low", reasons };
}

/** Exported by its signature, or passed on by the entry file of a package. */
function isPublic({ links, view }: World, target: Target, home: string): boolean {
  const isEntry = (path: string): boolean => /^(index\.[mc]?[jt]sx?|__init__\.py|lib\.rs)$/.test(nameOf(path));
  if (target.kind === "file") return isEntry(home);
  const [node] = target.nodes;
  if (node === undefined || /^(_|#)/.test(node.name) || /\bprivate\b/.test(node.signature)) return false;
  if (isEntry(home) && /^(export|pub )/.test(node.signature)) return true;
  return links.importersOf(home).some((path) => {
    if (!isEntry(path)) return false;
    const passed = links.importsOf(path).filter(({ files }) => files.includes(home));
    return (
      passed.some(({ fact }) => fact.names.length === 0 || fact.names.includes(node.name)) &&
      view.file(path) !== undefined
    );
  });
}
