/** GitLab's pipelines: their shape, and whether what jobs name is there. */
import type { Found } from "../judge/requests.ts";
import { isObject, listOf, type Plain } from "./plain.ts";
import { imageTagProblem, PIPED_SCRIPT } from "./smell-words.ts";
import { secretOf } from "./text-smells.ts";
import { readYaml, type YamlDocument } from "./yaml-text.ts";

const GLOBAL = new Set(
  "default include stages variables workflow image services cache before_script after_script spec pages".split(" "),
);
const STAGES = [".pre", "build", "test", "deploy", ".post"];
const JOB = new Set(
  [
    "after_script allow_failure artifacts before_script cache coverage dast_configuration dependencies environment",
    "extends hooks id_tokens identity image inherit interruptible manual_confirmation needs only except pages parallel",
    "publish release resource_group retry rules run script secrets services stage start_in tags timeout trigger",
    "variables when inputs",
  ].flatMap((line) => line.split(" ")),
);

export function lintGitlab(path: string, text: string): Found[] {
  const { documents, problems } = readYaml(withoutReferences(text));
  const found: Found[] = problems.map((problem) => ({ ...problem, path }));
  // Inputs of a component stand in a document of their own.
  const pipeline = documents.at(-1);
  if (pipeline !== undefined) found.push(...lintPipeline(path, pipeline));
  const smells = text.split("\n").flatMap((line, index) => {
    const piped = { path, line: index + 1, rule: "smell/piped-script", severity: "warning" as const };
    return [
      ...secretOf(path, line, index, /^\s*(\w+):\s*["']?([^"'\s#]+)["']?\s*$/),
      ...(PIPED_SCRIPT.test(line) ? [{ ...piped, message: "a script from the network is run unseen" }] : []),
    ];
  });
  return [...found, ...smells];
}

/** `!reference [job, script]` is GitLab's own tag, and no error of YAML. */
function withoutReferences(text: string): string {
  return text.replace(/!reference\b/g, "          ");
}

function lintPipeline(path: string, { value, lineOf }: YamlDocument): Found[] {
  const found: Found[] = [];
  const tell = (
    rule: string,
    message: string,
    way: readonly (string | number)[],
    severity: Found["severity"] = "error",
  ) => void found.push({ path, line: lineOf(way), rule: `gitlab/${rule}`, message, severity });
  if (!isObject(value)) {
    tell("shape", "a pipeline is an object of jobs", []);
    return found;
  }
  const jobs = Object.entries(value).filter(([name]) => !GLOBAL.has(name));
  const isOpen = value["include"] !== undefined;
  const names = new Set(jobs.map(([name]) => name));
  const stages = new Set([...STAGES, ...listOf(value["stages"]).map(String)]);
  const known =
    value["stages"] === undefined ? stages : new Set([".pre", ".post", ...listOf(value["stages"]).map(String)]);
  if (jobs.every(([name]) => name.startsWith(".")) && !isOpen) tell("no-job", "there is no job", []);
  for (const [name, job] of jobs) {
    if (!isObject(job)) tell("shape", `job ${name} is no object`, [name]);
    else lintJob(name, job, { names, stages: known, isOpen }, tell);
  }
  return found;
}

interface Pipeline {
  readonly names: ReadonlySet<string>;
  readonly stages: ReadonlySet<string>;
  /** It includes other files, which may bring jobs and stages. */
  readonly isOpen: boolean;
}

type Tell = (rule: string, message: string, way: readonly (string | number)[], severity?: Found["severity"]) => void;

function lintJob(name: string, job: Plain, { names, stages, isOpen }: Pipeline, tell: Tell): void {
  for (const key of Object.keys(job))
    if (!JOB.has(key)) tell("unknown-key", `a job has no “${key.slice(0, 60)}”`, [name, key]);
  const runs = ["script", "trigger", "extends", "run"].some((key) => job[key] !== undefined);
  if (!name.startsWith(".") && !runs) tell("no-script", `job ${name} has no script`, [name]);
  const { stage, image } = job;
  if (typeof stage === "string" && !stages.has(stage) && !isOpen && !stage.includes("$"))
    tell("stage", `stage ${stage} is not among stages: ${[...stages].join(", ")}`, [name, "stage"]);
  const tag = typeof image === "string" ? imageTagProblem(image) : undefined;
  if (tag !== undefined) tell("image-tag", tag, [name, "image"], "warning");
  for (const key of ["needs", "dependencies", "extends"] as const)
    for (const other of namesOf(job[key]))
      if (!names.has(other) && !isOpen) tell(key, `there is no job ${other}`, [name, key]);
}

function namesOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return listOf(value).flatMap((entry) => {
    if (typeof entry === "string") return [entry];
    const isElsewhere = isObject(entry) && (entry["project"] !== undefined || entry["pipeline"] !== undefined);
    return isObject(entry) && typeof entry["job"] === "string" && !isElsewhere ? [entry["job"]] : [];
  });
}
