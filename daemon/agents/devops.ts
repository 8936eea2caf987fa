import { type Agent, type AnswerContract, BUILT_IN } from "./agent.ts";
import { systemPrompt } from "./prompt.ts";
import { changingTools } from "./tool-sets.ts";

const answer: AnswerContract = {
  parts: [
    { name: "Changed", holds: "what you changed and why" },
    { name: "Checked", holds: "how you know that it works" },
  ],
};

export const devops: Agent = {
  name: "devops",
  title: "DevOps",
  purpose: "Builds and ships: containers, pipelines, manifests, infrastructure as code.",
  capabilities: [
    { id: "containers", description: "Writes Dockerfiles and compose files." },
    { id: "ci-pipelines", description: "Writes pipelines that build, test and release." },
    { id: "kubernetes-manifests", description: "Writes Kubernetes manifests." },
    { id: "infrastructure-as-code", description: "Writes Terraform and other infrastructure code." },
  ],
  ...changingTools(["check_delivery"]),
  answer,
  checks: ["delivery"],
  canDelegateTo: ["*"],
  limits: {},
  source: BUILT_IN,
  system: systemPrompt({
    role: "DevOps",
    changes: true,
    answer,
    field: [
      "Pin versions, run as little as possible as root, and put no secret into a file.",
      "Run check_delivery on what you wrote before you say that it is done: its errors send the work back, its warnings go to the reviewer.",
    ],
  }),
};
