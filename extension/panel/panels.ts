/** The run panels of this window: one a run. */
import * as vscode from "vscode";
import type { Nexus, PanelHost } from "../nexus.ts";
import { pageHtml, pageRoot } from "./page.ts";
import { RunPanel } from "./run-panel.ts";

const PANEL_TYPE = "nexus.run";

export class Panels implements PanelHost {
  readonly #nexus: () => Nexus;
  readonly #panels = new Set<RunPanel>();

  constructor(nexus: () => Nexus) {
    this.#nexus = nexus;
  }

  get activeRun(): string | undefined {
    return [...this.#panels].find((panel) => panel.isActive)?.runId;
  }

  /** True while a panel shows a run that goes on. */
  get isFollowing(): boolean {
    return [...this.#panels].some((panel) => !panel.isEnded);
  }

  isVisible(runId: string): boolean {
    return [...this.#panels].some((panel) => panel.runId === runId && panel.isVisible);
  }

  open(runId: string): void {
    const present = [...this.#panels].find((panel) => panel.runId === runId);
    if (present !== undefined) present.reveal();
    else {
      const { Active } = vscode.ViewColumn;
      this.adopt(vscode.window.createWebviewPanel(PANEL_TYPE, "Nexus", Active, { enableFindWidget: true }), runId);
    }
  }

  /** Takes over a panel that was just made, or that a reload of the window brought back. */
  adopt(view: vscode.WebviewPanel, runId: string): void {
    const { extensionUri } = this.#nexus().context;
    const media = vscode.Uri.joinPath(extensionUri, "extension", "media");
    view.webview.options = { enableScripts: true, localResourceRoots: [pageRoot(extensionUri)] };
    view.iconPath = {
      light: vscode.Uri.joinPath(media, "run-light.svg"),
      dark: vscode.Uri.joinPath(media, "run-dark.svg"),
    };
    const panel = new RunPanel(this.#nexus(), view, runId);
    this.#panels.add(panel);
    view.onDidDispose(() => {
      this.#panels.delete(panel);
      panel.dispose();
    });
    view.webview.html = pageHtml(view.webview, extensionUri, {
      bundle: "main",
      title: "Nexus run",
      data: { run: runId },
    });
  }
}
