/**
 * The roles carry an idea from its requirement to tested code while they are killed. A document that was lost, or written twice,
 * shows in the versions that the log counts; a change that happened twice, in the files.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compileSop } from "../../../daemon/metagpt/roles/compile.ts";
import { ROLES } from "../../../daemon/metagpt/roles/roles.ts";
import type { RunEvent } from "../../../protocol/index.ts";
import { CODE, MANIFEST, PRD, TESTS } from "../../support/design/documents.ts";
import { wholeScript } from "../../support/design/script.ts";
import { initGit, writeFiles } from "../../support/folder.ts";
import type { Scenario } from "./scenario.ts";

const GOAL = "Greet people by their name.";
const DOCUMENTS = ["prd", "system_design", "ui_design", "task", "code_summary"];
const WRITTEN = ["requirement", ...DOCUMENTS, "test_output"];

export const DESIGN: Scenario = {
  goal: GOAL,
  command: ["metagpt", "run", "--trust"],
  workflow: () => ({
    path: "metagpt-sop.yaml",
    text: compileSop(ROLES, { stem: "20261128051500", incremental: false }).text,
    inputs: { idea: GOAL },
  }),
  makeWorkspace(folder) {
    writeFiles(folder, { "package.json": MANIFEST });
    initGit(folder);
  },
  script: wholeScript,
  problemsOfFiles: (folder) => [
    ...problemsOfCode(folder),
    ...DOCUMENTS.flatMap((kind) => problemsOfKind(folder, kind)),
  ],
  problemsOfLog,
};

function problemsOfCode(folder: string): string[] {
  const wanted = { ...CODE, "test/greet.test.js": TESTS, "package.json": MANIFEST, "docs/requirement.txt": GOAL };
  return Object.entries(wanted).flatMap(([path, text]) => {
    const file = join(folder, path);
    if (!existsSync(file)) return [`${path} is missing`];
    return readFileSync(file, "utf8") === text ? [] : [`${path} is wrong: ${readFileSync(file, "utf8").slice(0, 200)}`];
  });
}

/** Exactly one of each, whole, and the user's own words in the first. */
function problemsOfKind(folder: string, kind: string): string[] {
  const names = existsSync(join(folder, "docs", kind)) ? readdirSync(join(folder, "docs", kind)) : [];
  if (names.length !== 1) return [`there are ${names.length} documents of kind ${kind}: ${names.join(", ")}`];
  const content: unknown = JSON.parse(readFileSync(join(folder, "docs", kind, names[0] ?? ""), "utf8"));
  if (kind !== "prd") return [];
  const wanted = JSON.stringify({ ...PRD, "Original Requirements": GOAL });
  return JSON.stringify(content) === wanted ? [] : [`the PRD is wrong: ${JSON.stringify(content).slice(0, 300)}`];
}

/** Each document has one version, each gate one decision. */
function problemsOfLog(events: readonly RunEvent[]): string[] {
  const written = events.flatMap(({ body }) =>
    body.type === "document.written" ? [`${body.kind} ${body.version}`] : [],
  );
  const decided = events.filter(({ body }) => body.type === "document.decided").length;
  const wanted = WRITTEN.map((kind) => `${kind} 1`);
  return [
    ...(JSON.stringify(written) === JSON.stringify(wanted) ? [] : [`documents written: ${written.join(", ")}`]),
    ...(decided === 4 ? [] : [`${decided} decisions instead of 4`]),
  ];
}
