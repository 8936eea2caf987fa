/** What a role is told to do for each thing that it makes. Texts may hold expressions of the workflow. */
import { pathOfSubject, plainKind } from "./kinds.ts";
import type { Subject } from "./role.ts";
import { READ_DOCUMENT, WRITE_DOCUMENT } from "./tool-names.ts";

const ABOUT: Readonly<Record<string, string>> = {
  prd: "Keys: Language, Programming Language, Original Requirements, Project Name (snake_case), Product Goals, User Stories, Competitive Analysis, Competitive Quadrant Chart (mermaid quadrantChart), Requirement Analysis, Requirement Pool ([priority, text] pairs), UI Design draft, Anything UNCLEAR.",
  refined_prd:
    "It refines what the project has: keys Language, Programming Language, Refined Requirements, Project Name, Refined Product Goals, Refined User Stories, Competitive Analysis, Competitive Quadrant Chart, Refined Requirement Analysis, Refined Requirement Pool, UI Design draft, Anything UNCLEAR. Keep what still holds, add what is new.",
  system_design:
    "Keys: Implementation approach, File list, Data structures and interfaces (mermaid classDiagram), Program call flow (mermaid sequenceDiagram), Anything UNCLEAR.",
  refined_system_design:
    "It refines what the project has: keys Refined Implementation Approach, Refined File list, Refined Data structures and interfaces, Refined Program call flow, Anything UNCLEAR. The file list names only files that are made or changed now.",
  task: "Keys: Required packages, Required Other language third-party packages, Logic Analysis ([file, text] pairs), Task list, Full API spec, Shared Knowledge, Anything UNCLEAR.",
  refined_task:
    "It refines what the project has: keys Required packages, Required Other language third-party packages, Refined Logic Analysis, Refined Task list, Full API spec, Refined Shared Knowledge, Anything UNCLEAR. The task list names only files that are made or changed now.",
  ui_design:
    "Keys: UI Design Desc, Selected Elements, HTML Layout, CSS Styles, Information Architecture, Screens (with elements and their traces), User Flows, Design Tokens (W3C format), Components (with elements, props, states, file, stories, test), Anything UNCLEAR.",
  code_plan_and_change:
    "Keys: Development Plan (steps in words), Incremental Change (for each file that is made or changed a diff as git writes it, in a ```diff block). Look up what is there first; change nothing yet.",
  code_summary:
    "Keys: design_filename, task_filename, codes_filenames, reason. Read the code as a whole: does it do what the requirements ask, and what is left to do? The reason says it, file by file where something is open.",
};

export interface GoalOptions {
  /** A person decides on it, and may send it back. */
  readonly isAsked: boolean;
  /** What other roles said, by subject: with expressions that bring their words. */
  readonly told: ReadonlyMap<Subject, string>;
}

/** `from`: what it is made from, by kind. */
export function documentGoal(kind: string, from: readonly Subject[], { isAsked, told }: GoalOptions): string {
  const sources = from.filter(isDocument);
  return [
    `What the user wants: \${{ inputs.idea }}`,
    `Write the document “${kind}” with ${WRITE_DOCUMENT}. ${ABOUT[kind] ?? ""}`.trim(),
    sources.length === 0
      ? ""
      : `It is made from: ${sources.join(", ")}. Read each with ${READ_DOCUMENT} before you write.`,
    ...[...told.values()],
    `If there is a “${plainKind(kind)}” already, read it too, and bring it up to date.`,
    isAsked
      ? `\${{ last == null ? '' : 'A person sent your last version back with these remarks: ' + last.remarks }}`
      : "",
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function isDocument(subject: Subject): boolean {
  return pathOfSubject(subject, "") !== undefined;
}

export const CODE_GOAL = [
  `What the user wants: \${{ inputs.idea }}`,
  `Write the file \${{ file.file }} of the task list. What it is for: \${{ file.description }}`,
  `\${{ file.uses == '' ? '' : 'It uses these files, which are written before it: ' + file.uses }}`,
  `\${{ file.component }}`,
  `Read the system design and the tasks with ${READ_DOCUMENT} first. You may change only: \${{ file.mayChangeText }}.`,
  `\${{ last == null ? '' : 'The file was reviewed and must be changed: ' + last.text }}`,
].join("\n\n");

export const REVIEW_GOAL = [
  `Review the file \${{ file.file }} of the task list. What it is for: \${{ file.description }}`,
  `Read it, the files that it uses, and the system design (${READ_DOCUMENT}). End with LGTM, or with LBTM and what must change and why.`,
].join("\n\n");

const STALE = `\${{ steps["agree-look"].output.value.report }}`;

export const AGREE_DESIGN_GOAL = [
  "The code was changed, and the UI design no longer says what is there. Bring “ui_design” up to date: read it and the code, change what differs and nothing else, and write it.",
  STALE,
].join("\n\n");

export const AGREE_CODE_GOAL = [
  `The design was changed, and the file \${{ path }} does not follow it yet. Read the documents and the file, and change what differs and nothing else. Where it follows already, say so.`,
  STALE,
].join("\n\n");

export const TESTS_GOAL = [
  `What the user wants: \${{ inputs.idea }}`,
  `Write tests of what was built (the files of the task list, see ${READ_DOCUMENT}), so that the project's own test command runs them. Nexus runs them when you are done.`,
  `\${{ last == null ? '' : 'The tests were run and fail. Find out why, and mend the test or the code, whichever is wrong. ' + last.report }}`,
].join("\n\n");

/** For a message of a role that somebody wrote. */
export function messageGoal(subject: Subject, from: readonly Subject[], told: ReadonlyMap<Subject, string>): string {
  const documents = from.filter(isDocument);
  return [
    `What the user wants: \${{ inputs.idea }}`,
    `Make “${subject}”; your last answer is what others get of it.`,
    documents.length === 0 ? "" : `It is made from: ${documents.join(", ")}. Read each with ${READ_DOCUMENT}.`,
    ...[...told.values()],
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}
