/**
 * The run that is killed: a plan of six tasks, each of which reads, edits two files and is accepted by a command. An
 * edit that happened twice leaves a line twice, one that got lost leaves it out, so the result tells.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PlanTask } from "../../../protocol/index.ts";
import type { Script } from "../../support/scripted/script.ts";
import type { Scenario } from "./scenario.ts";

const TASKS = 6;
const GOAL =
  "- write one line into the log for each of the six steps\n- keep the counter in step\n- accept each step on its own";

const END = "-- end --";

export const STEPS: Scenario = {
  goal: GOAL,
  makeWorkspace,
  script,
  problemsOfFiles: (folder) =>
    Object.entries(expectedFiles()).flatMap(([path, wanted]) => {
      const found = readFileSync(join(folder, path), "utf8");
      return found === wanted ? [] : [`${path} is wrong: ${JSON.stringify(found)}`];
    }),
};

function makeWorkspace(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "log.txt"), `${END}\n`);
  writeFileSync(join(folder, "counter.txt"), "count: 0\n");
  const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, stdio: "ignore" });
  git("init", "-q");
  git("add", "-A");
  git("-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "start");
}

/** The files as they are when every edit happened exactly once. */
function expectedFiles(): Record<string, string> {
  const lines = Array.from({ length: TASKS }, (_, index) => `line ${index + 1}\n`).join("");
  const notes = Array.from({ length: TASKS }, (_, index) => [`note-${index + 1}.txt`, `note ${index + 1}\n`]);
  return { "log.txt": `${lines}${END}\n`, "counter.txt": `count: ${TASKS}\n`, ...Object.fromEntries(notes) };
}

function script(): Script {
  const tasks = Array.from({ length: TASKS }, (_, index): PlanTask => {
    const number = index + 1;
    return {
      id: `step-${number}`,
      title: `Step ${number}`,
      goal: `Write line ${number} and note ${number}.`,
      agent: "coder",
      files: ["log.txt", "counter.txt"],
      acceptance: { command: `grep -q "line ${number}" log.txt`, expect: "pass" },
      dependsOn: index === 0 ? [] : [`step-${index}`],
    };
  });
  return [
    { when: { tool: "propose_plan" }, reply: call("propose_plan", { summary: "Six small steps.", tasks }) },
    ...tasks.flatMap((_, index) => taskTurns(index + 1)),
  ];
}

function taskTurns(number: number): Script {
  const when = (turn: number) => ({ firstUser: `Your task (step-${number}):`, turn });
  return [
    { when: when(0), reply: call("read_file", { path: "log.txt" }, { path: "counter.txt" }) },
    {
      when: when(1),
      reply: call("edit_file", { path: "log.txt", edits: [{ search: END, replace: `line ${number}\n${END}` }] }),
    },
    {
      when: when(2),
      reply: call("edit_file", {
        path: "counter.txt",
        edits: [{ search: `count: ${number - 1}`, replace: `count: ${number}` }],
      }),
    },
    { when: when(3), reply: call("write_file", { path: `note-${number}.txt`, content: `note ${number}\n` }) },
    { when: when(4), reply: { text: `Wrote line ${number}.` } },
  ];
}

function call(tool: string, ...inputs: unknown[]) {
  return { toolCalls: inputs.map((input) => ({ tool, arguments: input })) };
}
