/** Looking at results one after the other, leaving no trace: what was in front comes back. */
import * as vscode from "vscode";
import { type CodePlace, openCode, uriOf } from "./open-code.ts";

export interface Preview {
  /** Shows it after a moment, unless another comes first. */
  show(place: CodePlace): void;
  /** Shows nothing more; resolves when what was being shown is. */
  settle(): Promise<void>;
  /** Shows again what the editor showed when this was made. */
  restore(): Promise<void>;
}

const MOMENT_MS = 120;

export function createPreview(): Preview {
  const before = vscode.window.activeTextEditor;
  const selection = before?.selection;
  const openBefore = new Set(textTabs().map(({ uri }) => uri.toString()));
  const looked = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  return {
    show(place) {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const uri = uriOf(place)?.toString();
        if (uri !== undefined) looked.add(uri);
        running = openCode(place, true).catch(() => undefined);
      }, MOMENT_MS);
    },
    settle,
    async restore() {
      await settle();
      if (looked.size === 0) return;
      const made = textTabs().filter(({ tab, uri }) => tab.isPreview && isOurs(uri.toString()));
      if (before !== undefined) {
        const { document, viewColumn } = before;
        const options = {
          ...(selection === undefined ? {} : { selection }),
          ...(viewColumn === undefined ? {} : { viewColumn }),
        };
        await vscode.window.showTextDocument(document, options);
      }
      // Those that showing the former one has replaced are gone already.
      const left = textTabs().filter(({ uri }) => made.some((each) => each.uri.toString() === uri.toString()));
      await vscode.window.tabGroups.close(
        left.map(({ tab }) => tab),
        true,
      );
    },
  };

  function settle(): Promise<void> {
    clearTimeout(timer);
    return running;
  }

  function isOurs(uri: string): boolean {
    return looked.has(uri) && !openBefore.has(uri);
  }
}

function textTabs(): { tab: vscode.Tab; uri: vscode.Uri }[] {
  return vscode.window.tabGroups.all.flatMap(({ tabs }) =>
    tabs.flatMap((tab) => (tab.input instanceof vscode.TabInputText ? [{ tab, uri: tab.input.uri }] : [])),
  );
}
