/** The design panels of this window: one for each run or folder. */
import * as vscode from "vscode";
import type { DesignSource } from "../../protocol/design/requests.ts";
import type { DesignHost, Nexus } from "../nexus.ts";
import { pageRoot } from "../panel/page.ts";
import { DesignPanel } from "./design-panel.ts";
import { designHtml } from "./page.ts";
import { readSource, sourceKey } from "./source.ts";

const PANEL_TYPE = "nexus.design";

export class DesignPanels implements DesignHost {
  readonly #nexus: Nexus;
  readonly #panels = new Map<string, DesignPanel>();

  constructor(nexus: Nexus) {
    this.#nexus = nexus;
  }

  open(source: DesignSource): void {
    const present = this.#panels.get(sourceKey(source));
    if (present !== undefined) present.reveal();
    else {
      const { Active } = vscode.ViewColumn;
      this.#adopt(vscode.window.createWebviewPanel(PANEL_TYPE, "Design", Active, { enableFindWidget: true }), source);
    }
  }

  /** A panel that a reload of the window brought back, with the state that its page kept. */
  restore(view: vscode.WebviewPanel, state: unknown): void {
    const kept = typeof state === "object" && state !== null && "source" in state ? state.source : undefined;
    const source = readSource(kept);
    if (source === undefined) view.dispose();
    else this.#adopt(view, source);
  }

  #adopt(view: vscode.WebviewPanel, source: DesignSource): void {
    const { extensionUri } = this.#nexus.context;
    const media = vscode.Uri.joinPath(extensionUri, "extension", "media");
    view.webview.options = { enableScripts: true, localResourceRoots: [pageRoot(extensionUri)] };
    view.iconPath = {
      light: vscode.Uri.joinPath(media, "run-light.svg"),
      dark: vscode.Uri.joinPath(media, "run-dark.svg"),
    };
    const key = sourceKey(source);
    const panel = new DesignPanel(this.#nexus, view, source);
    this.#panels.set(key, panel);
    view.onDidDispose(() => {
      if (this.#panels.get(key) === panel) this.#panels.delete(key);
      panel.dispose();
    });
    view.webview.html = designHtml(view.webview, extensionUri, key);
  }
}
