/** What an approved plan permits, as data: shown in words before it is approved, and never more for whoever inherits it. */
import type { Plan } from "../../../protocol/index.ts";
import { rootedGlobMatcher } from "../paths/glob.ts";

export interface Permissions {
  /** Files and globs from the workspace's root that the tasks name. */
  readonly paths: readonly string[];
  /** Command lines, word for word. */
  readonly commands: readonly string[];
  /** Hosts that may be reached, exactly these. */
  readonly hosts: readonly string[];
  /** USD; null: no limit but the run's own. */
  readonly budgetUsd: number | null;
}

/** A plan's files and checks, the project's own tests, the run's budget; a plan names no hosts. */
export function permissionsOf(
  plan: Plan,
  run: { readonly testCommand: string | undefined; readonly budgetUsd: number | null },
): Permissions {
  const checks = plan.tasks.flatMap(({ acceptance }) => (acceptance === null ? [] : [acceptance.command]));
  return {
    paths: unique(plan.tasks.flatMap(({ files }) => files.map(plainPath))),
    commands: unique(run.testCommand === undefined ? checks : [...checks, run.testCommand]),
    hosts: [],
    budgetUsd: run.budgetUsd,
  };
}

/** Lines for a person who is to approve it. */
export function inWords({ paths, commands, hosts, budgetUsd }: Permissions): string[] {
  return [
    paths.length === 0 ? "It names no files; it may change any in its copy." : `Change ${listed(paths)}.`,
    ...(commands.length === 0 ? ["Run no command without asking."] : commands.map((line) => `Run \`${line}\`.`)),
    hosts.length === 0 ? "Reach no host of the network without asking." : `Reach ${listed(hosts)}.`,
    budgetUsd === null ? "Spend without a limit of its own." : `Spend at most ${budgetUsd.toFixed(2)} USD.`,
    "Anything protected, outside of the copy or destructive is asked about each time.",
  ];
}

export function plannedPath({ paths }: Permissions, path: string): boolean {
  return paths.some((planned) => planned === path || (isGlob(planned) && rootedGlobMatcher(planned)(path)));
}

/** What a child may get of what it asks for: never more than its parent has. */
export function narrow(parent: Permissions, child: Permissions): Permissions {
  return {
    paths: child.paths.filter((path) => parent.paths.includes(path) || (!isGlob(path) && plannedPath(parent, path))),
    commands: child.commands.filter((line) => parent.commands.includes(line)),
    hosts: child.hosts.filter((host) => parent.hosts.includes(host)),
    budgetUsd: least(parent.budgetUsd, child.budgetUsd),
  };
}

function least(first: number | null, second: number | null): number | null {
  if (first === null) return second;
  return second === null ? first : Math.min(first, second);
}

function isGlob(path: string): boolean {
  return /[*?{]/.test(path);
}

function plainPath(path: string): string {
  return path.replaceAll("\\", "/").replace(/^(\.\/)+/, "");
}

const MOST_LISTED = 12;

function listed(items: readonly string[]): string {
  const more = items.length > MOST_LISTED ? ` and ${items.length - MOST_LISTED} more` : "";
  return `${items.slice(0, MOST_LISTED).join(", ")}${more}`;
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)];
}
