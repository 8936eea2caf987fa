import { scenariosOf } from "./play.ts";
import { call, DONE, edit, type FieldSuite, mended, read, write } from "./task.ts";

const WORKFLOW = [
  "on: push",
  "permissions: {contents: read}",
  "jobs:",
  "  test:",
  "    runs-on: ubuntu-latest",
  "    steps:",
  "      - uses: actions/checkout@v6",
];

const suite: FieldSuite = {
  agent: "devops",
  role: "DevOps",
  project: "delivery",
  tasks: [
    {
      name: "a health check in the Dockerfile, looked at with check_delivery",
      turns: [
        read("Dockerfile"),
        edit("Dockerfile", "USER node\n", "USER node\nHEALTHCHECK CMD node health.js\n"),
        call("check_delivery", { paths: ["Dockerfile"] }),
        DONE,
      ],
      checked: ["delivery yes"],
      told: ["1 × Dockerfile: 0 errors, 0 warnings"],
    },
    mended(
      "a Dockerfile with an instruction that there is not",
      "delivery",
      "Dockerfile:4 Invalid Command",
      [read("Dockerfile"), edit("Dockerfile", "USER node\n", "INSTALL curl\nUSER node\n")],
      [edit("Dockerfile", "INSTALL curl", "RUN node --version")],
    ),
    mended(
      "a workflow with a misspelt expression",
      "delivery",
      "undefined variable",
      [write(".github/workflows/ci.yml", ...WORKFLOW, ["      - run: echo $", "{{ githb.sha }}"].join(""))],
      [read(".github/workflows/ci.yml"), edit(".github/workflows/ci.yml", "githb.sha", "github.sha")],
    ),
    mended(
      "a manifest whose port is a word",
      "delivery",
      "spec.ports.0.port must be integer",
      [read("k8s/web.yaml"), edit("k8s/web.yaml", "port: 80", "port: http")],
      [edit("k8s/web.yaml", "port: http", "port: 80\n      name: http")],
    ),
    mended(
      "a compose file that waits for nobody",
      "delivery",
      "there is no service db",
      [read("compose.yaml"), edit("compose.yaml", "    build: .\n", "    build: .\n    depends_on: [db]\n")],
      [edit("compose.yaml", "services:\n", "services:\n  db:\n    image: postgres:18\n")],
    ),
    mended(
      "infrastructure that cannot be read",
      "delivery",
      "hcl/syntax",
      [read("main.tf"), edit("main.tf", "type = string", "type =")],
      [edit("main.tf", "type =", "type = number")],
    ),
    {
      name: "a root user is told to the reviewer and holds nothing up",
      turns: [read("Dockerfile"), edit("Dockerfile", "USER node\n", ""), DONE],
      checked: ["delivery yes"],
    },
  ],
};

export const SCENARIOS = scenariosOf(suite);
