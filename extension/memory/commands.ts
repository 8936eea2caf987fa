/** What the commands of the Memory view do. */
import * as vscode from "vscode";
import type { MemoryCommandName } from "../commands/names.ts";
import type { Nexus } from "../nexus.ts";
import { addFact, confirmFact, editFact, forgetFact } from "./facts.ts";
import { chooseFolder, subjectOf } from "./folders.ts";
import { showImpact } from "./impact.ts";
import { buildVectors, controlEmbedding, reindex, showSkipped } from "./index-control.ts";
import type { Folder } from "./memory.ts";
import type { Subject } from "./node.ts";
import { openCode, placeOf } from "./open-code.ts";
import { searchMemory } from "./search-box.ts";

type Command = (nexus: Nexus, args: readonly unknown[]) => Promise<void>;

export const MEMORY_COMMANDS: { readonly [Name in MemoryCommandName]: Command } = {
  "nexus.searchMemory": (nexus) => searchMemory(nexus),
  "nexus.showImpact": (nexus) => showImpact(nexus),
  "nexus.refreshMemory": async ({ memory }) => memory.refresh(),
  "nexus.reindexMemory": onFolder(reindex),
  "nexus.buildVectors": onFolder(buildVectors),
  "nexus.pauseEmbedding": onFolder((nexus, folder) => controlEmbedding(nexus, folder, "pause")),
  "nexus.resumeEmbedding": onFolder((nexus, folder) => controlEmbedding(nexus, folder, "resume")),
  "nexus.showSkipped": onFolder(showSkipped),
  "nexus.addFact": onFolder(addFact),
  "nexus.editFact": onFact(editFact),
  "nexus.confirmFact": onFact(confirmFact),
  "nexus.forgetFact": onFact(forgetFact),
  "nexus.moreFacts": onFolder(({ memory }, folder) => memory.moreFacts(folder)),
  "nexus.openCode": async (_, args) => {
    const place = placeOf(args);
    if (place !== undefined) await openCode(place, false);
  },
  "nexus.removeKept": async ({ memory }, args) => {
    const subject = subjectOf(args[0]);
    if (subject?.kind === "kept") memory.removeKept(subject.keptId);
  },
  "nexus.prepareTest": async (_, args) => prepareTest(subjectOf(args[0])),
};

function onFolder(act: (nexus: Nexus, folder: Folder) => Promise<void>): Command {
  return async (nexus, args) => {
    const folder = await chooseFolder(nexus.memory, subjectOf(args[0]));
    if (folder !== undefined) await act(nexus, folder);
  };
}

function onFact(
  act: (nexus: Nexus, folder: Folder, fact: Extract<Subject, { kind: "fact" }>["fact"]) => Promise<void>,
): Command {
  return async (nexus, args) => {
    const subject = subjectOf(args[0]);
    if (subject?.kind === "fact") await act(nexus, subject.folder, subject.fact);
  };
}

/** Types the test's command into a terminal and leaves it to the person to run it. */
function prepareTest(subject: Subject | undefined): void {
  if (subject?.kind !== "test") return;
  const cwd = vscode.Uri.joinPath(vscode.Uri.file(subject.folder.path), subject.place);
  const terminal = vscode.window.createTerminal({ name: "Nexus: test", cwd });
  terminal.show();
  // A line end would run what a repository's text has a part in.
  terminal.sendText(subject.command.replace(/[\r\n\u0000-\u001f]+/g, " "), false);
}
