/** docs/tools.md, from the catalogue of tools. */
import { TOOLS, toolSchemas } from "../../daemon/tools/catalogue.ts";
import type { ToolEffect } from "../../protocol/index.ts";
import { fieldTable } from "./type-text.ts";

const INTRODUCTION = `# Tools

What an agent can do. Every call passes one gate: its arguments are checked against the schema, the policy judges what it wants to
reach, then it is recorded, carried out, and its result recorded. Paths are relative to the agent's own copy of the workspace; none
leads out of it.

The effect says what happens to a call that a crash cut off: a *pure* or *idempotent* one is repeated, a *verifiable* one is looked
up (does the file have the content that it was to get?), and of one with an *unknown* effect the agent is told that it was interrupted.
`;

const SPOKEN_EFFECT: Record<ToolEffect, string> = {
  pure: "reads only (pure)",
  idempotent: "can be repeated (idempotent)",
  verifiable: "changes one file (verifiable)",
  unknown: "can do anything that the policy allows (unknown)",
};

export function toolPage(): string {
  const sections = toolSchemas(() => true).map(({ name, description, parameters }) => {
    const effect = TOOLS.find((tool) => tool.name === name)?.effect ?? "unknown";
    return [`## ${name}\n`, `${description}\n`, `Effect: ${SPOKEN_EFFECT[effect]}.\n`, fieldTable(parameters)].join(
      "\n",
    );
  });
  return [INTRODUCTION, ...sections].join("\n");
}
