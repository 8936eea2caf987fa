/** What scripted roles say in a procedure: each recognised by its instructions, which name the role. */
import type { Reply, Script, ScriptTurn } from "../scripted/script.ts";
import { CODE, PRD, SYSTEM_DESIGN, TASK, TESTS, UI_DESIGN } from "./documents.ts";

export const call = (tool: string, input: unknown): Reply => ({ toolCalls: [{ tool, arguments: input }] });
const says = (text: string): Reply => ({ text });

/** A role that writes one document and is done. `firstUser`: what else its goal holds. */
export function writes(role: string, kind: string, content: unknown, firstUser?: string): Script {
  const when = (turn: number) => ({
    system: `You are the ${role} of a team`,
    firstUser: firstUser ?? `Write the document “${kind}”`,
    turn,
  });
  return [
    { when: when(0), reply: call("write_document", { kind, content }) },
    { when: when(1), reply: says(`Wrote ${kind}.`) },
  ];
}

export function writesFile(path: string, content: string, extra = ""): Script {
  const when = (turn: number) => ({ firstUser: `Write the file ${path} of the task list.${extra}`, turn });
  return [
    { when: when(0), reply: call("write_file", { path, content }) },
    { when: when(1), reply: says(`Wrote ${path}.`) },
  ];
}

export function reviews(path: string, verdict: string): ScriptTurn {
  return { when: { firstUser: `Review the file ${path}`, turn: 0 }, reply: says(verdict) };
}

export function tests(path: string, content: string): Script {
  const when = (turn: number) => ({ system: "You are the QA engineer of a team", turn });
  return [
    { when: when(0), reply: call("write_file", { path, content }) },
    { when: when(1), reply: says("Wrote tests.") },
  ];
}

export const SUMMARY = {
  design_filename: "",
  task_filename: "",
  codes_filenames: Object.keys(CODE),
  reason: "All is there.",
};

/** From the requirement to passing tests, everything right at the first try. */
export function wholeScript(): Script {
  return [
    ...writes("product manager", "prd", PRD),
    ...writes("architect", "system_design", SYSTEM_DESIGN),
    ...writes("UI and UX designer", "ui_design", UI_DESIGN),
    ...writes("project manager", "task", TASK),
    ...Object.entries(CODE).flatMap(([path, content]) => [
      ...writesFile(path, content),
      reviews(path, "Well done. LGTM"),
    ]),
    ...writes("engineer", "code_summary", SUMMARY),
    ...tests("test/greet.test.js", TESTS),
  ];
}
