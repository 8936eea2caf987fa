/** Everything of one window, put together when the first command, view or panel needs it. */
import * as vscode from "vscode";
import { changeText } from "./changes/diff-documents.ts";
import { COMMANDS, type CommandName } from "./commands/commands.ts";
import { trustGranted, watchTrust } from "./commands/trust.ts";
import { Daemon } from "./daemon/daemon.ts";
import type { DesignPanels } from "./design/design-panels.ts";
import { launchOptions } from "./launch-options.ts";
import { windowFolders } from "./memory/folders.ts";
import { Memory } from "./memory/memory.ts";
import { memoryNodes } from "./memory/memory-nodes.ts";
import { memoryItem } from "./memory/memory-tree.ts";
import type { MemoryNode } from "./memory/node.ts";
import { createMemoryStatusItem } from "./memory/status-item.ts";
import { watchUnsaved } from "./memory/watch-unsaved.ts";
import { showError } from "./messages.ts";
import { configureParams } from "./model-preferences.ts";
import type { Nexus } from "./nexus.ts";
import { Panels } from "./panel/panels.ts";
import { AUDIT_SCHEME, auditDocument } from "./runs/audit-document.ts";
import { notifyAbout } from "./runs/notifications.ts";
import { Presence } from "./runs/presence.ts";
import { isActive } from "./runs/run-facts.ts";
import { RunList } from "./runs/run-list.ts";
import { childNodes, type RunNode, treeItem } from "./runs/run-tree.ts";
import { RunWatches } from "./runs/run-watches.ts";
import { createStatusBar } from "./runs/status-bar.ts";
import { currentKey, readSettings } from "./settings.ts";
import { createWorkflowDiagnostics } from "./workflows/diagnostics.ts";

declare const __NEXUS_VERSION__: string;
declare const __NEXUS_BUILD_TIME__: number;

export interface NexusWindow {
  run(command: CommandName, args: readonly unknown[]): Promise<void>;
  /** Takes up a daemon that is already there; starts none. */
  attach(): Promise<void>;
  children(parent: RunNode | undefined): Promise<RunNode[]>;
  item(node: RunNode): vscode.TreeItem;
  memoryChildren(parent: MemoryNode | undefined): Promise<MemoryNode[]>;
  memoryItem(node: MemoryNode): vscode.TreeItem;
  /** The text of a read-only document of ours. */
  document(uri: vscode.Uri): Promise<string>;
  /** Tells what is wrong with a workflow that was opened or saved. */
  lookAtWorkflow(document: vscode.TextDocument): Promise<void>;
  trustGranted(): Promise<void>;
  restorePanel(view: vscode.WebviewPanel, runId: string): void;
  /** `state`: what the page kept. */
  restoreDesign(view: vscode.WebviewPanel, state: unknown): Promise<void>;
}

export interface WindowEvents {
  /** `waiting`: how many runs ask a person something; `others`: a sentence about who else is connected, or nothing. */
  onRunsChanged(waiting: number, others: string): void;
  onMemoryChanged(): void;
}

export function openWindow(context: vscode.ExtensionContext, events: WindowEvents): NexusWindow {
  const daemon = createDaemon(context, () => panels.isFollowing || runs.all.some((run) => isActive(run.status)));
  const folders = () => (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);
  const runs = new RunList(daemon, folders);
  const memory = new Memory(daemon, windowFolders);
  const watches = new RunWatches(daemon);
  const presence = new Presence(daemon, vscode.env.appName);
  const panels: Panels = new Panels(() => nexus);
  let designPanels: Promise<DesignPanels> | undefined;
  const designs = () => {
    designPanels ??= import("./design/design-panels.ts").then((module) => new module.DesignPanels(nexus));
    return designPanels;
  };
  const nexus: Nexus = {
    context,
    daemon,
    runs,
    memory,
    watches,
    panels,
    designs,
    report: (error) => void showError(error),
  };

  const tellRuns = () => {
    const waiting = runs.all.filter(({ status }) => status === "awaiting_approval").length;
    // A message takes the place of the welcome text.
    events.onRunsChanged(waiting, runs.all.length === 0 ? "" : (presence.summary() ?? ""));
  };
  runs.onChange(tellRuns);
  presence.onChange(tellRuns);
  memory.onChange(() => events.onMemoryChanged());
  const workflows = createWorkflowDiagnostics(daemon);
  notifyAbout(nexus);
  context.subscriptions.push(
    daemon,
    presence,
    createStatusBar(runs),
    { dispose: watchTrust(nexus) },
    createMemoryStatusItem(memory),
    watchUnsaved(daemon, memory),
    workflows,
    vscode.workspace.onDidChangeWorkspaceFolders(() => {
      memory.refresh();
      runs.reload().catch(() => undefined);
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("nexus.home")) void daemon.disconnect();
      else if (event.affectsConfiguration("nexus")) void daemon.configure();
    }),
  );

  return {
    run: (command, args) => COMMANDS[command](nexus, args),
    attach: async () => {
      await daemon.connect(false).catch(() => undefined);
    },
    children: (parent) => childNodes(runs, daemon, parent),
    item: (node) => treeItem(node, presence),
    memoryChildren: async (parent) => [...(await memoryNodes(memory, parent))],
    memoryItem,
    document: (uri) => (uri.scheme === AUDIT_SCHEME ? auditDocument(daemon, uri) : changeText(daemon, uri)),
    lookAtWorkflow: (document) => workflows.look(document),
    trustGranted: () => trustGranted(nexus),
    restorePanel: (view, runId) => panels.adopt(view, runId),
    restoreDesign: async (view, state) => (await designs()).restore(view, state),
  };
}

function createDaemon(context: vscode.ExtensionContext, isNeeded: () => boolean): Daemon {
  const daemon = new Daemon({
    client: {
      name: "vscode",
      face: "vscode",
      title: vscode.env.appName.slice(0, 80),
      role: "human",
      version: __NEXUS_VERSION__,
      buildTime: __NEXUS_BUILD_TIME__,
    },
    launch: () => launchOptions(context),
    configure: async () => configureParams(readSettings(), await currentKey(context.secrets)),
    onProblem: (error) => void showError(error),
    isNeeded,
    answers: {
      requests: ["client/model", "client/applyEdit", "client/terminal"],
      handle(connection) {
        connection.handle("client/model", async (call, { signal }) => {
          const { answerModel } = await import("./editor/models.ts");
          const { callId } = call;
          const tell = async (text: string) => (await daemon.request("model/piece", { callId, text })).wanted;
          return answerModel(vscode, call, { signal, tell });
        });
        connection.handle("client/applyEdit", async (edit) => (await import("./editor/apply-edit.ts")).applyEdit(edit));
        connection.handle("client/terminal", async (command) =>
          (await import("./editor/terminals.ts")).showCommand(command),
        );
      },
    },
  });
  return daemon;
}
