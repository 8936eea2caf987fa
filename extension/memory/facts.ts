/** Adding, changing, confirming and forgetting what is remembered. */
import * as vscode from "vscode";
import type { CiteInput, Fact } from "../../protocol/knowledge.ts";
import type { Nexus } from "../nexus.ts";
import { folderOf, relativePath } from "./folders.ts";
import type { Folder, Memory } from "./memory.ts";

interface KindItem extends vscode.QuickPickItem {
  readonly factKind: Fact["kind"];
}

const KINDS: readonly KindItem[] = [
  { factKind: "fact", label: "$(info) Fact", description: "something that is so" },
  { factKind: "decision", label: "$(law) Decision", description: "what was chosen, and why" },
  { factKind: "convention", label: "$(checklist) Convention", description: "how it is done here" },
  { factKind: "dead_end", label: "$(circle-slash) Dead end", description: "what was tried and does not work" },
  { factKind: "preference", label: "$(person) Preference", description: "how you like it, in every folder" },
];

/** The lines that are selected in an editor can be cited: the fact is flagged when they change. */
export async function addFact({ daemon, memory }: Nexus, folder: Folder): Promise<void> {
  const title = "Nexus: Remember";
  const kind = (await vscode.window.showQuickPick(KINDS, { title, placeHolder: "What is it?" }))?.factKind;
  if (kind === undefined) return;
  const text = await askText(title, "");
  if (text === undefined) return;
  const cites = await askCites(folder, citeOfEditor(memory, folder));
  if (cites === undefined) return;
  const scope = kind === "preference" ? ("user" as const) : ("workspace" as const);
  const { outcome } = await daemon.request("memory/factAdd", {
    workspace: folder.path,
    fact: { kind, text, scope, cites },
  });
  memory.refresh();
  const words = { added: "remembered", merged: "known already; the citation was added", known: "known already" };
  vscode.window.setStatusBarMessage(`$(check) Nexus: ${words[outcome]}`, 5000);
}

function citeOfEditor(memory: Memory, folder: Folder): CiteInput | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined || folderOf(memory, editor.document.uri)?.path !== folder.path) return undefined;
  const { start, end } = editor.selection;
  const lines = editor.selection.isEmpty ? {} : { lines: { start: start.line + 1, end: end.line + 1 } };
  return { kind: "file", path: relativePath(folder, editor.document.uri), ...lines };
}

async function askCites(folder: Folder, cite: CiteInput | undefined): Promise<CiteInput[] | undefined> {
  if (cite === undefined || !("path" in cite)) return [];
  const lines = cite.lines === undefined ? "" : `:${cite.lines.start}-${cite.lines.end}`;
  const items = [
    { label: `$(references) Cite ${cite.path}${lines}`, description: "it is flagged when this changes", cites: [cite] },
    { label: "$(circle-outline) Cite nothing", description: `it holds for ${folder.name} as a whole`, cites: [] },
  ];
  return (await vscode.window.showQuickPick(items, { title: "Nexus: Remember", placeHolder: "What shows it?" }))?.cites;
}

export async function editFact({ daemon, memory }: Nexus, folder: Folder, fact: Fact): Promise<void> {
  const text = await askText("Nexus: Edit", fact.text);
  if (text === undefined || text === fact.text) return;
  const { factId, version } = fact;
  await daemon.request("memory/factEdit", { workspace: folder.path, factId, version, edit: { text } });
  memory.refresh();
}

export async function confirmFact({ daemon, memory }: Nexus, folder: Folder, { factId }: Fact): Promise<void> {
  await daemon.request("memory/factConfirm", { workspace: folder.path, factId });
  memory.refresh();
}

export async function forgetFact({ daemon, memory }: Nexus, folder: Folder, { factId, text }: Fact): Promise<void> {
  const chosen = await vscode.window.showWarningMessage(
    "Forget this?",
    { modal: true, detail: text.slice(0, 500) },
    "Forget",
    "Remove for Good",
  );
  if (chosen === undefined) return;
  const purge = chosen === "Remove for Good";
  await daemon.request("memory/factForget", { workspace: folder.path, factId, purge });
  memory.refresh();
}

const MOST_CHARACTERS = 2000;

async function askText(title: string, value: string): Promise<string | undefined> {
  const text = await vscode.window.showInputBox({
    title,
    value,
    prompt: "In a sentence or two, as you would tell a new colleague.",
    ignoreFocusOut: true,
    validateInput: (typed) =>
      typed.length > MOST_CHARACTERS ? `At most ${MOST_CHARACTERS} characters; these are ${typed.length}.` : undefined,
  });
  return text?.trim() || undefined;
}
