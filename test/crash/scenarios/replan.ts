/** A run whose second task finds that the plan does not hold: what has not begun is planned anew, once, wherever it dies. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PlanTask } from "../../../protocol/index.ts";
import type { Script } from "../../support/scripted/script.ts";
import type { Scenario } from "./scenario.ts";

const END = "-- end --";
const GOAL = "- write the first line\n- write the second line as the format asks\n- write the third line";

export const REPLAN: Scenario = {
  goal: GOAL,
  makeWorkspace,
  script,
  problemsOfFiles(folder) {
    const found = readFileSync(join(folder, "log.txt"), "utf8");
    return found === `first\nplain\nthird\n${END}\n` ? [] : [`log.txt is wrong: ${JSON.stringify(found)}`];
  },
};

function makeWorkspace(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "log.txt"), `${END}\n`);
  const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, stdio: "ignore" });
  git("init", "-q");
  git("add", "-A");
  git("-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "start");
}

function task(id: string, dependsOn: readonly string[]): PlanTask {
  return {
    ...{ id, title: `Write ${id}`, goal: `Write the line ${id}.`, agent: "coder", files: ["log.txt"] },
    ...{ acceptance: { command: `grep -q "^${id}$" log.txt`, expect: "pass" }, dependsOn: [...dependsOn] },
  };
}

function script(): Script {
  const tasks = [task("first", []), task("formatted", ["first"]), task("third", ["formatted"])];
  const instead = [task("plain", ["first"]), task("third", ["plain"])];
  const obstacle = { found: "There is no format.", why: "A plain line is all that can be written." };
  return [
    { when: { tool: "propose_plan" }, reply: call("propose_plan", { summary: "Three lines.", tasks }) },
    { when: { firstUser: "Your task (formatted):" }, reply: call("report_obstacle", obstacle) },
    { when: { contains: "Task formatted found:" }, reply: call("propose_tasks", { tasks: instead }) },
    ...["first", "plain", "third"].flatMap((line) => [
      {
        when: { firstUser: `Your task (${line}):`, turn: 0 },
        reply: call("edit_file", { path: "log.txt", edits: [{ search: END, replace: `${line}\n${END}` }] }),
      },
      { when: { firstUser: `Your task (${line}):`, turn: 1 }, reply: { text: `Wrote ${line}.` } },
    ]),
  ];
}

function call(tool: string, ...inputs: unknown[]) {
  return { toolCalls: inputs.map((input) => ({ tool, arguments: input })) };
}
