/** What commands, panels and lists of one window have in common. */
import type * as vscode from "vscode";
import type { DesignSource } from "../protocol/design/requests.ts";
import type { Daemon } from "./daemon/daemon.ts";
import type { Memory } from "./memory/memory.ts";
import type { RunList } from "./runs/run-list.ts";
import type { RunWatches } from "./runs/run-watches.ts";

export interface Nexus {
  readonly context: vscode.ExtensionContext;
  readonly daemon: Daemon;
  readonly runs: RunList;
  readonly memory: Memory;
  readonly watches: RunWatches;
  readonly panels: PanelHost;
  /** Loaded when the first design is looked at. */
  designs(): Promise<DesignHost>;
  /** Shows an error to the person. */
  report(error: unknown): void;
}

export interface DesignHost {
  /** Shows the documents in their panel, making one if needed. */
  open(source: DesignSource): void;
}

export interface PanelHost {
  /** Shows the run in its panel, making one if needed. */
  open(runId: string): void;
  /** The run of the panel that has the focus, if any. */
  readonly activeRun: string | undefined;
  /** True when a person can see the run right now. */
  isVisible(runId: string): boolean;
}
