/** “Search Code Memory…”: results while one types, a look at each while one moves, and the list kept in the view. */
import * as vscode from "vscode";
import type { SearchMode } from "../../protocol/memory-search.ts";
import type { Nexus } from "../nexus.ts";
import { type LiveAnswer, LiveSearch } from "./live-search.ts";
import type { FoundCode } from "./memory.ts";
import { symbolIcon } from "./node.ts";
import { openCode } from "./open-code.ts";
import { createPreview } from "./preview.ts";

interface CodeItem extends vscode.QuickPickItem {
  /** Undefined for a line that only tells something. */
  readonly found?: FoundCode;
}

interface ModeButton extends vscode.QuickInputButton {
  readonly mode: SearchMode;
}

const TYPING_MS = 120;

const MODES: readonly { mode: SearchMode; icon: string; name: string; placeholder: string }[] = [
  {
    mode: "ranked",
    icon: "search",
    name: "words",
    placeholder: "What is it about? For example: where a price is rounded",
  },
  {
    mode: "symbol",
    icon: "symbol-class",
    name: "symbols",
    placeholder: "Name of a class, function, … or some of its letters",
  },
  { mode: "regex", icon: "regex", name: "regular expression", placeholder: "Regular expression, as in JavaScript" },
];

const OPEN: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon("go-to-file"), tooltip: "Open" };
const KEEP: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon("pin"),
  tooltip: "Keep the results in the Memory view",
};

/** Resolves when the box is closed. */
export function searchMemory(nexus: Nexus): Promise<void> {
  const { memory, daemon } = nexus;
  const box = vscode.window.createQuickPick<CodeItem>();
  const preview = createPreview();
  let mode: SearchMode = "ranked";
  let answer: LiveAnswer | undefined;
  let accepted = false;

  const search = new LiveSearch({
    folders: memory.folders,
    delayMs: TYPING_MS,
    ask: (params, signal) => daemon.request("memory/search", params, { signal }),
    onBusy: (busy) => {
      box.busy = busy;
    },
    onAnswer: (next) => {
      answer = next;
      box.items = itemsOf(next, memory.folders.length > 1);
    },
  });

  function setMode(next: SearchMode): void {
    mode = next;
    // Results of another kind of search must not be taken for those that come.
    answer = undefined;
    box.items = [];
    const { name, placeholder } = MODES.find((each) => each.mode === mode) ?? { name: "", placeholder: "" };
    box.title = `Nexus: Search Code Memory by ${name}`;
    box.placeholder = placeholder;
    box.buttons = [...MODES.filter((each) => each.mode !== mode).map(modeButton), KEEP];
    search.set(box.value, mode);
  }

  function keep(): void {
    if (answer === undefined || answer.found.length === 0) return;
    memory.keep({ kind: "search", query: answer.query, mode: answer.mode, found: answer.found });
  }

  async function accept({ found }: CodeItem): Promise<void> {
    if (found === undefined) return;
    accepted = true;
    keep();
    box.hide();
    // Whatever was still being looked at would come in front of it afterwards.
    await preview.settle();
    await openCode(placeOfFound(found), false);
  }

  box.matchOnDescription = false;
  box.value = selectedText();
  box.onDidChangeValue((value) => search.set(value, mode));
  box.onDidChangeActive(([item]) => {
    if (item?.found !== undefined) preview.show(placeOfFound(item.found));
  });
  box.onDidTriggerButton((button) => {
    const chosen = MODES.find((each) => isModeButton(button) && each.mode === button.mode);
    if (chosen !== undefined) setMode(chosen.mode);
    else {
      keep();
      void vscode.commands.executeCommand("nexus.memory.focus");
    }
  });
  const report = (work: Promise<void>) => work.catch((error: unknown) => nexus.report(error));
  box.onDidTriggerItemButton(({ item }) => void report(accept(item)));
  box.onDidAccept(() => {
    const [item] = box.activeItems;
    if (item !== undefined) void report(accept(item));
  });
  return new Promise((resolve) => {
    box.onDidHide(() => {
      search.stop();
      box.dispose();
      if (accepted) void preview.settle().then(resolve);
      else void preview.restore().finally(resolve);
    });
    setMode(mode);
    box.show();
  });
}

function itemsOf({ query, found, notes }: LiveAnswer, hasFolders: boolean): CodeItem[] {
  const told = notes.map((text): CodeItem => ({ label: `$(warning) ${text}`, alwaysShow: true }));
  if (query.trim() !== "" && found.length === 0 && notes.length === 0)
    return [{ label: "Nothing found", alwaysShow: true }];
  return [...found.map((each) => itemOf(each, hasFolders)), ...told];
}

function itemOf(found: FoundCode, hasFolders: boolean): CodeItem {
  const { path, symbol, kind, startLine, why } = found.result;
  const place = hasFolders ? `${found.folder.name}/${path}` : path;
  return {
    label: `$(${symbolIcon(kind)}) ${symbol ?? path.split("/").at(-1)}`,
    description: `${place}:${startLine}`,
    detail: why.join(" · "),
    // The daemon has chosen; the editor must not choose again by the letters of the label.
    alwaysShow: true,
    buttons: [OPEN],
    found,
  };
}

function modeButton({ mode, icon, name }: { mode: SearchMode; icon: string; name: string }): ModeButton {
  return { mode, iconPath: new vscode.ThemeIcon(icon), tooltip: `Search by ${name}` };
}

function isModeButton(button: vscode.QuickInputButton): button is ModeButton {
  return "mode" in button;
}

function placeOfFound({ folder, result }: FoundCode) {
  const { path, startLine, endLine, symbol } = result;
  return { folder: folder.path, path, startLine, endLine, symbol };
}

/** One line of code that is selected is likely what is looked for. */
function selectedText(): string {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined || editor.selection.isEmpty || !editor.selection.isSingleLine) return "";
  return editor.document.getText(editor.selection).trim().slice(0, 200);
}
