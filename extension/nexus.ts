/** What commands, panels and lists of one window have in common. */
import type * as vscode from "vscode";
import type { Daemon } from "./daemon/daemon.ts";
import type { Memory } from "./memory/memory.ts";
import type { RunList } from "./runs/run-list.ts";

export interface Nexus {
  readonly context: vscode.ExtensionContext;
  readonly daemon: Daemon;
  readonly runs: RunList;
  readonly memory: Memory;
  readonly panels: PanelHost;
  /** Shows an error to the person. */
  report(error: unknown): void;
}

export interface PanelHost {
  /** Shows the run in its panel, making one if needed. */
  open(runId: string): void;
  /** The run of the panel that has the focus, if any. */
  readonly activeRun: string | undefined;
  /** True when a person can see the run right now. */
  isVisible(runId: string): boolean;
}
