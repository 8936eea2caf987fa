/**
 * The extension's entry. It registers and nothing else: what the editor calls back is loaded when it calls, so that a
 * window in which Nexus is not used pays next to nothing.
 */
import * as vscode from "vscode";
import { COMMAND_NAMES, type CommandName } from "./commands/names.ts";
import { createLanguageStart } from "./language-start.ts";
import type { MemoryNode } from "./memory/node.ts";
import type { RunNode } from "./runs/run-tree.ts";
import type { NexusWindow } from "./window.ts";
import { isWorkflowFile } from "./workflows/workflow-files.ts";

export function activate(context: vscode.ExtensionContext): void {
  const runsChanged = new vscode.EventEmitter<undefined>();
  const memoryChanged = new vscode.EventEmitter<undefined>();
  const language = createLanguageStart(context);
  let opened: Promise<NexusWindow> | undefined;
  const open = (): Promise<NexusWindow> => {
    if (!vscode.workspace.isTrusted) return Promise.reject(new Error(UNTRUSTED));
    language.begin();
    opened ??= import("./window.ts").then(({ openWindow }) =>
      openWindow(context, {
        onRunsChanged(waiting, others) {
          runsChanged.fire(undefined);
          runsView.badge = badgeOf(waiting);
          runsView.message = others;
        },
        onMemoryChanged: () => memoryChanged.fire(undefined),
      }),
    );
    return opened;
  };

  const lookAt = (document: vscode.TextDocument) => {
    if (document.uri.scheme === "file" && vscode.workspace.isTrusted && isWorkflowFile(document.uri.path))
      void open()
        .then((window) => window.lookAtWorkflow(document))
        .catch(showFailure);
  };

  const runsTree = treeProvider(open, runsChanged.event, RUNS);
  const runsView = vscode.window.createTreeView("nexus.runs", { treeDataProvider: runsTree });
  const document = { provideTextDocumentContent: async (uri: vscode.Uri) => (await open()).document(uri) };

  for (const name of COMMAND_NAMES)
    context.subscriptions.push(vscode.commands.registerCommand(name, (...args: unknown[]) => run(open, name, args)));
  context.subscriptions.push(
    runsChanged,
    memoryChanged,
    runsView,
    vscode.window.registerTreeDataProvider("nexus.memory", treeProvider(open, memoryChanged.event, MEMORY)),
    vscode.window.registerWebviewPanelSerializer("nexus.run", panelSerializer(open)),
    vscode.window.registerWebviewPanelSerializer("nexus.design", designSerializer(open)),
    vscode.workspace.registerTextDocumentContentProvider("nexus-change", document),
    vscode.workspace.registerTextDocumentContentProvider("nexus-audit", document),
    vscode.workspace.onDidOpenTextDocument(lookAt),
    vscode.workspace.onDidSaveTextDocument(lookAt),
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      runsChanged.fire(undefined);
      memoryChanged.fire(undefined);
      // With no daemon there, the first run tells it.
      void joinRunning(context, open, (window) => window.trustGranted());
    }),
  );
  for (const document of vscode.workspace.textDocuments) lookAt(document);
  if (vscode.workspace.isTrusted) void joinRunning(context, open, (window) => window.attach());
}

function badgeOf(waiting: number): vscode.ViewBadge | undefined {
  if (waiting === 0) return undefined;
  return { value: waiting, tooltip: `${waiting} ${waiting === 1 ? "run waits" : "runs wait"} for you` };
}

const UNTRUSTED = "Nexus starts nothing in a folder that you have not trusted yet.";

type Open = () => Promise<NexusWindow>;

async function run(open: Open, name: CommandName, args: readonly unknown[]): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    const chosen = await vscode.window.showWarningMessage(UNTRUSTED, "Manage Trust");
    if (chosen !== undefined) await vscode.commands.executeCommand("workbench.trust.manage");
    return;
  }
  try {
    await (await open()).run(name, args);
  } catch (error) {
    const { showError } = await import("./messages.ts");
    void showError(error, typeof args[0] === "string" ? args[0] : undefined);
  }
}

/** Runs of an earlier window may be at work or wait for an answer: with a daemon there, this window takes it up. */
async function joinRunning(
  context: vscode.ExtensionContext,
  open: Open,
  join: (window: NexusWindow) => Promise<void>,
): Promise<void> {
  const [{ launchOptions }, { readAddress }] = await Promise.all([
    import("./launch-options.ts"),
    import("./daemon/home.ts"),
  ]);
  const { home } = await launchOptions(context);
  if ((await readAddress(home)) !== undefined) await join(await open()).catch(showFailure);
}

async function showFailure(error: unknown): Promise<void> {
  const { showError } = await import("./messages.ts");
  void showError(error);
}

interface Tree<Node> {
  children(nexus: NexusWindow, parent: Node | undefined): Promise<Node[]>;
  item(nexus: NexusWindow, node: Node): vscode.TreeItem;
}

const RUNS: Tree<RunNode> = {
  children: (nexus, parent) => nexus.children(parent),
  item: (nexus, node) => nexus.item(node),
};

const MEMORY: Tree<MemoryNode> = {
  children: (nexus, parent) => nexus.memoryChildren(parent),
  item: (nexus, node) => nexus.memoryItem(node),
};

/** The tree is empty, and shows its welcome text, until the folder is trusted. */
function treeProvider<Node>(
  open: Open,
  changed: vscode.Event<undefined>,
  tree: Tree<Node>,
): vscode.TreeDataProvider<Node> {
  let nexus: NexusWindow | undefined;
  return {
    onDidChangeTreeData: changed,
    getTreeItem: (node) => (nexus === undefined ? new vscode.TreeItem("") : tree.item(nexus, node)),
    async getChildren(parent) {
      if (!vscode.workspace.isTrusted) return [];
      nexus = await open();
      try {
        return await tree.children(nexus, parent);
      } catch (error) {
        await showFailure(error);
        return [];
      }
    },
  };
}

/** A run panel comes back after a reload of the window, at the run that its page kept in its state. */
function panelSerializer(open: Open): vscode.WebviewPanelSerializer {
  return {
    async deserializeWebviewPanel(view, state: unknown) {
      const runId = typeof state === "object" && state !== null && "runId" in state ? state.runId : undefined;
      if (typeof runId !== "string" || !vscode.workspace.isTrusted) view.dispose();
      else (await open()).restorePanel(view, runId);
    },
  };
}

function designSerializer(open: Open): vscode.WebviewPanelSerializer {
  return {
    async deserializeWebviewPanel(view, state: unknown) {
      if (!vscode.workspace.isTrusted) view.dispose();
      else await (await open()).restoreDesign(view, state);
    },
  };
}
