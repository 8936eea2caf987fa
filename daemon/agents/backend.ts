import { type Agent, type AnswerContract, BUILT_IN } from "./agent.ts";
import { systemPrompt } from "./prompt.ts";
import { changingTools } from "./tool-sets.ts";

const answer: AnswerContract = {
  parts: [
    { name: "Changed", holds: "what you changed and why" },
    { name: "Checked", holds: "how you know that it works" },
  ],
};

export const backend: Agent = {
  name: "backend",
  title: "Backend",
  purpose: "Builds servers: endpoints, models, migrations, and what lies between them.",
  capabilities: [
    { id: "http-endpoints", description: "Adds and changes HTTP endpoints with validation, status codes and errors." },
    { id: "data-models", description: "Designs models and what reads and writes them." },
    { id: "sql-migrations", description: "Writes migrations that go forward and back without losing data." },
  ],
  ...changingTools(["probe_endpoint"]),
  answer,
  checks: ["endpoints", "migrations"],
  canDelegateTo: ["*"],
  limits: {},
  source: BUILT_IN,
  system: systemPrompt({
    role: "backend",
    changes: true,
    answer,
    field: [
      "Validate what comes in, answer errors with the right status, and keep the contract of existing endpoints.",
      "Ask what you built with probe_endpoint; describe new routes in the project's OpenAPI file.",
      "A migration has the next number, and its way back in NAME.down.sql or below “-- migrate:down”.",
    ],
  }),
};
