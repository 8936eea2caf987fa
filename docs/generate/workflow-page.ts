/** docs/workflows.md and docs/workflow.schema.json, from the schema of workflow files and one that is shipped. */
import { readFileSync } from "node:fs";
import * as z from "zod/mini";
import {
  INPUT_SCHEMA,
  KIND_SCHEMAS,
  WORKFLOW_SCHEMA,
  workflowJsonSchema,
} from "../../daemon/orchestration/workflows/definition.ts";
import { type JsonSchema, typeText } from "./type-text.ts";

const EXAMPLE = readFileSync(new URL("../../examples/workflows/bug-fix.yaml", import.meta.url), "utf8");

const INTRODUCTION = `# Workflows

A workflow is a YAML file that says which steps a run takes: agents, tools, commands, questions to a person, other workflows.
Nexus carries the steps out as it carries out any run: in a private copy of your folder, under your policy and budget, and in an order
that survives a crash. What they changed is offered to you at the end, and your own files change only when you accept it.

Files belong into \`.nexus/workflows/\`, where they are found by name; a file elsewhere is named by its path. \`examples/workflows/\`
has six to begin with: feature, bug-fix, refactoring, code-review, dependency-upgrade and documentation.

\`\`\`
nexus workflow validate examples/workflows/bug-fix.yaml
nexus workflow graph examples/workflows/bug-fix.yaml
nexus workflow run examples/workflows/bug-fix.yaml --input bug="2 + 2 is 0"
\`\`\`

\`validate\` says what is wrong with line and column, and what to do. A workflow that is wrong does not begin. VS Code shows
the same in the file ([editor.md](editor.md)); in any editor with YAML support, \`docs/workflow.schema.json\` gives completion while you write.

## An example

\`\`\`yaml
${EXAMPLE.trimEnd()}
\`\`\`

The tests must pass before anything is done (\`healthy\`). An agent writes a test, and the step is done only when \`npm test\` then
*fails*. Another agent, which may only read, looks for the cause. The last one gets what was found, and is done only when \`npm test\`
passes. If it fails, it is tried once more with a new agent.

## Order

A step without \`needs\` comes after the one before it. \`needs: [a, b]\` puts it after these two instead, and \`needs: []\` lets it begin
at once. Steps that are ready together run side by side; so do the branches of \`parallel\` and the items of \`forEach\`. All work in the
same copy, so two rules keep them apart: agents with \`readOnly: true\` really run beside each other, and whatever may write (other agents,
tools, commands) has the copy to itself while it works.

Steps of one list go in waves: what becomes ready during a wave begins with the next one. Lists inside \`parallel\` and \`forEach\` do not
wait for each other's waves, so put long independent chains into branches.

## Values

\`when\`, \`in\`, \`until\` and outputs are expressions in [CEL](https://cel.dev). In texts, an expression stands in \`\${{ }}\`; a text that is
nothing else becomes the value itself. Expressions see:

| name | what it is |
|---|---|
| \`inputs.NAME\` | what the workflow was told |
| \`steps.ID.output\`, \`.outcome\`, \`.reason\` | of a step that surely ended before, here or in a list around; for an id with a dash write \`steps["an-id"]\` |
| \`item\` (or its own name), \`index\` | in \`forEach\`: the item and its place, from 0 |
| \`index\`, \`last\` | in \`loop\`: the round, from 0, and what the round before came to |
| \`run.id\`, \`run.workspace\`, \`run.workflow\` | the run |
| \`now\` | the time, in \`wait.until\` only |

They can do nothing but tell a value, and they are bounded: 2 000 characters, lists of 1 000 items, \`all\`, \`exists\`, \`map\` and \`filter\` at most
twice inside each other. One that cannot be told fails its step with the reason. An outcome is done, failed, skipped or timed_out.

| step | its output |
|---|---|
| agent | \`{text}\`: its last words |
| command | \`{exitCode, output}\`: the last 4 000 characters |
| tool | \`{text, value, changed}\`: \`value\` if the text is JSON |
| gate | \`{answer}\`; with \`words\` also \`remarks\`: what a person said beside the choice |
| set | the values |
| parallel | by branch, forEach by item, what the last step of each came to; loop that of the last round; if that of the list taken |
| workflow | its outputs |

A command's line is run as it stands. Values reach it as variables (\`env\`), never as a part of the line, so that no text of a model can
become a command.

## When something fails

A failed step is tried again as \`retry\` says, then it ends its list, and so the workflow, unless \`onError: continue\` is given. What runs
beside it is not cut off: branches and items that have begun come to their own end, so what was done never depends on who was faster.

Then what is done is undone: of every step that ended well and has \`compensate\`, the last first. A compensation that fails is recorded, and the
others go on. What cannot be undone is marked \`irreversible: true\`; a person is asked before it, and where nobody can be asked it fails.

A run that failed this way is not resumed: it is gone on from in an earlier state (below). A run whose money is spent, or whose daemon was
stopped, just goes on where it was: \`nexus runs resume\`.

## Secrets

\`secrets\` names them; a command gets those that it names as variables. The value of \`TOKEN\` comes from the variable \`NEXUS_SECRET_TOKEN\` of the
environment in which the daemon was started, and is hidden in all that is written or sent. Steps of other kinds never see one.

## A run keeps its definition

A run follows the file, and the workflows that it calls, as they were when it began. A changed file is for later runs. A run that has not
ended can be told to go on with the changed one; \`--dry-run\` shows what would become of each step. It is refused where a step that is done
would be another one, or would need one that was not done:

\`\`\`
nexus workflow migrate RUN .nexus/workflows/release.yaml --dry-run
\`\`\`

## Time travel

Before each step that does something, the run keeps a state: its files, and all that was known. From any of them a new run can go on, and
two runs can be compared step by step: outcome, output, cost.

\`\`\`
nexus workflow states RUN
nexus workflow fork RUN --at 3
nexus workflow compare RUN OTHER
\`\`\`

## Schedules

\`\`\`
nexus workflow schedule add code-review --cron '0 7 * * 1-5' --budget 1
nexus workflow schedule list
nexus workflow schedule remove SCHEDULE
\`\`\`

A scheduled run has nobody to ask: what your policy would ask about is denied. Its folder must be trusted, with what it configures unchanged
since. A daemon with schedules does not end by itself, but nothing starts it after the machine was off: what was missed then runs once, or
with \`--missed skip\` not at all.
`;

const STEP = `## Reference: a step

Every step has an \`id\` and one key that names its kind, with what belongs to that kind. \`retry\`, \`timeout\`, \`compensate\` and \`irreversible\` are for
agent, tool and command steps.
`;

export function workflowPage(): string {
  const [firstKind] = Object.values(KIND_SCHEMAS);
  const common = schemaOf(firstKind ?? WORKFLOW_SCHEMA);
  const kinds = Object.entries(KIND_SCHEMAS).map(([kind, schema]) => kindText(kind, schemaOf(schema)));
  return [
    INTRODUCTION,
    `## Reference: the file\n\n${fields(schemaOf(WORKFLOW_SCHEMA))}`,
    `### An input\n\n${fields(schemaOf(INPUT_SCHEMA))}`,
    `${STEP}\n${fields(common, Object.keys(KIND_SCHEMAS))}`,
    ...kinds,
  ].join("\n");
}

/** For editors. */
export function workflowSchemaText(): string {
  return `${JSON.stringify(workflowJsonSchema(), null, 2)}\n`;
}

interface Described extends JsonSchema {
  readonly description?: string;
}

function schemaOf(schema: z.core.$ZodType): Described {
  return JSON.parse(JSON.stringify(z.toJSONSchema(schema, { io: "input" })));
}

function kindText(kind: string, schema: Described): string {
  const own: Described = schema.properties?.[kind] ?? {};
  const what = own.description ?? "";
  if (own.properties === undefined) return `### ${kind}\n\n${what} ${sentence(typeOf(own))}\n`;
  return `### ${kind}\n\n${what}\n\n${fields(own)}`;
}

function fields(schema: Described, leftOut: readonly string[] = []): string {
  const rows = Object.entries(schema.properties ?? {}).flatMap(([name, field]: [string, Described]) => {
    if (leftOut.includes(name)) return [];
    const optional = schema.required?.includes(name) ? "" : "optional; ";
    return [`| \`${name}\` | ${optional}${typeOf(field)} | ${cell(field.description ?? "")} |`];
  });
  return ["| field | type | what it says |", "|---|---|---|", ...rows, ""].join("\n");
}

/** Steps hold steps: these are named, not written out. */
function typeOf(field: Described): string {
  const text = JSON.stringify(field);
  if (field.type === "array" && text.includes("$ref")) return "list of steps";
  if (field.additionalProperties !== undefined && text.includes("$ref")) return mapText(field);
  if (field.anyOf?.some(({ properties }) => properties?.["command"] !== undefined) === true)
    return "`agent`, `tool` or `command`, each as in a step";
  if (text.includes("$ref") || field.type === undefined) return "any value";
  return typeText(field).replaceAll(TIME, "time such as `90s`");
}

const TIME = /`string` \(matches `[^`]*\(ms[^`]*`\)/g;

function mapText({ additionalProperties: values }: Described): string {
  const isSteps = typeof values === "object" && values.type === "array";
  return isSteps ? "map from name to list of steps" : "map from name to value";
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
