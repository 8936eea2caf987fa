/** Which grammar reads a program's arguments. */
import { type Call, type Finding, type Grammar, type Grammars, reading, unknown } from "./finding.ts";
import { agents } from "./programs/agents.ts";
import { builtins } from "./programs/builtins.ts";
import { danger } from "./programs/danger.ts";
import { files } from "./programs/files.ts";
import { findPrograms } from "./programs/find.ts";
import { gitPrograms } from "./programs/git.ts";
import { interpreters } from "./programs/interpreters.ts";
import { network } from "./programs/network.ts";
import { packageTools } from "./programs/package-tools.ts";
import { project } from "./programs/project.ts";
import { readers } from "./programs/readers.ts";
import { textTools } from "./programs/text-tools.ts";
import { wrappers } from "./programs/wrappers.ts";
import { fixedWord } from "./shell-word.ts";

const families: readonly Grammars[] = [
  readers,
  textTools,
  findPrograms,
  files,
  gitPrograms,
  project,
  packageTools,
  network,
  interpreters,
  wrappers,
  builtins,
  agents,
  danger,
];

let table: ReadonlyMap<string, Grammar> | undefined;

/** Folders whose programs are what their names say. */
const SYSTEM = /^\/(?:usr\/(?:local\/)?)?bin\/([\w.+[-]+)$/;

export async function grammarOf(program: string, call: Omit<Call, "name">): Promise<Finding> {
  table ??= new Map(families.flatMap((family) => Object.entries(family)));
  const name = SYSTEM.exec(program)?.[1] ?? program;
  if (name.includes("/") || name.includes("\\")) return fileOf(name);
  if (/[^\x20-\x7e]/.test(name))
    return {
      ...unknown("a program whose name holds letters that look like others"),
      unclear: "a program's name is not plain",
    };
  if (name === "" || /[\s={}]/.test(name))
    return { ...unknown("no name of a program"), unclear: "a program's name is not plain" };
  const grammar = table.get(name);
  if (grammar === undefined) return unknown(`${name} is not a program that is known`);
  return grammar({ ...call, name });
}

/** A program named by a path: the project's own when it lies in the workspace. */
function fileOf(path: string): Finding {
  return {
    effect: "project",
    why: `runs the file ${path}`,
    touches: reading([fixedWord(path)]),
    runsFile: true,
  };
}
