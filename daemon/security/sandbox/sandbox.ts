/** The wall around a command: what it may see, write and reach, held by the operating system. */

import type { Door } from "../../host/door.ts";

export interface SandboxRules {
  /** Absolute real path of the agent's copy: the one place that it may write, beside a temporary folder of its own. */
  readonly root: string;
  /** Folders outside the copy that it must be able to read (linked dependencies, the git objects of the copy). */
  readonly readable: readonly string[];
  /** Folders that must not even be seen: the data folder, the user's keys. */
  readonly hidden: readonly string[];
  /** Hosts that it may reach through our proxy; empty: no network at all. */
  readonly hosts: readonly string[];
  /** Links that stand inside only: where packages of the user's tree would be, the copy's are. */
  readonly links?: readonly { readonly at: string; readonly to: string }[];
  /** A private folder for what tools cache, so that it lives as long as a run; left out: a fresh one. */
  readonly caches?: string;
  /** Hears what the proxy let through and what it refused. */
  readonly onHost?: (decision: HostDecision) => void;
  /** The port that the command serves: whoever runs it may connect to it, nobody else. Left out: nobody. */
  readonly served?: number;
  /** The root is an empty folder of ours and no copy of a workspace: nothing in it is protected. */
  readonly isScratch?: boolean;
  /** A port of this machine's loopback interface, one of our own servers, that it may connect to. Left out: none. */
  readonly reaches?: number;
}

/** One attempt of a command to reach something. */
export interface HostDecision {
  /** As the program named it: host and port. */
  readonly host: string;
  readonly port: number;
  /** The address that was connected; null when refused. */
  readonly address: string | null;
  /** Why it was refused; null when let through. */
  readonly refused: string | null;
}

export type SandboxKind = "bubblewrap" | "seatbelt";

export interface Confined {
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  /** The way to the served port; left out where the command shares this machine's network. */
  readonly door?: Door;
  /** Ends the proxy and removes temporary folders; after the command's end, always. */
  dispose(): Promise<void>;
}

export interface Sandbox {
  readonly kind: SandboxKind;
  /** What starts `argv` inside the wall. */
  confine(
    argv: readonly [string, ...string[]],
    env: Readonly<Record<string, string>>,
    rules: SandboxRules,
  ): Promise<Confined>;
}

/** `none` says why in words, for `nexus doctor` and the policy. */
export type FoundSandbox = Sandbox | { readonly kind: "none"; readonly reason: string };
