/**
 * The goal of examples/orders, worked on by a team: research, data, backend, frontend, DevOps, testing and more, four at a
 * time. It holds a delegation, a negotiation, a review that rejects, and a conflict that is predicted. Every step is
 * written here beforehand: the model is scripted.
 */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Plan, PlanTask, RunEvent } from "../../../protocol/index.ts";
import type { Script } from "../../support/scripted/script.ts";
import type { Scenario } from "./scenario.ts";
import {
  CANCEL,
  CANCEL_TEST,
  HANDLER,
  HANDLER_MENDED,
  HEALTH,
  LIST_LINE,
  MIGRATION,
  NOTE,
  OPENAPI,
  POST_LINE,
  ROUTE,
} from "./team-texts.ts";

const EXAMPLE = resolve("examples/orders");
const REJECTION = "An order that was sent must answer 409: the request is right, only too late.";

export const TEAM: Scenario = {
  goal: readFileSync(join(EXAMPLE, "goal.txt"), "utf8").trim(),
  // The pipeline's file is protected: a person must have said that it may be changed.
  policy: {
    plan: "allow",
    rules: [{ effect: "allow", match: { kind: "write", path: ".github/workflows/ci.yml" } }],
  },
  makeWorkspace,
  script,
  problemsOfFiles,
  problemsOfLog,
};

function makeWorkspace(folder: string): void {
  cpSync(EXAMPLE, folder, { recursive: true });
  rmSync(join(folder, "goal.txt"));
  const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, stdio: "ignore" });
  git("init", "-q");
  git("add", "-A");
  git("-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "start");
}

function task(id: string, agent: string, files: string[], more: Partial<PlanTask> = {}): PlanTask {
  const { title = `The part ${id}`, goal = `Do the part ${id} of cancelling orders.` } = more;
  return { id, agent, files, acceptance: null, dependsOn: [], ...more, title, goal };
}

const TESTS = { command: "node --test", expect: "pass" } as const;

const PLAN: Plan = {
  summary: "Orders can be cancelled: table, service and page side by side, then what describes and proves it.",
  milestones: [
    { id: "parts", title: "The parts know it", outcome: "Table, service and page know cancelled orders." },
    {
      id: "proof",
      title: "It is proved and told",
      outcome: "Tests cover it; README, API description and note tell it.",
    },
  ],
  tasks: [
    task("note", "research", ["docs/notes/cancelling.md"], {
      milestone: "parts",
      title: "Say what cancelling touches",
      goal: "Write a short note on what other code cancelling touches and why the answers are what they are.",
    }),
    task("schema", "data", ["db/002_cancelled.sql", "data/orders.csv"], {
      milestone: "parts",
      title: "Let the table keep when an order was cancelled",
      goal: "Add a migration for the time of cancelling and a cancelled order to the sample data.",
      acceptance: { command: "grep -q cancelled data/orders.csv", expect: "pass" },
    }),
    task("service", "backend", ["src/orders.js", "src/server.js"], {
      milestone: "parts",
      title: "Cancel an order in the service",
      goal: "POST /orders/ID/cancel cancels an open order; a cancelled order stays in the list.",
      acceptance: TESTS,
      review: { by: "testing", rounds: 2 },
    }),
    task("page", "frontend", ["public/index.html", "public/page.js"], {
      milestone: "parts",
      title: "Cancel an order on the page",
      goal: "Each open order has a button that cancels it and names it for screen readers.",
      acceptance: TESTS,
    }),
    task("pipeline", "devops", [".github/workflows/ci.yml", "Dockerfile"], {
      milestone: "parts",
      title: "Check the data, and say whether the image is healthy",
      goal: "The pipeline checks the sample data; the image has a health check.",
      acceptance: { command: "grep -q HEALTHCHECK Dockerfile", expect: "pass" },
    }),
    task("tests", "testing", ["test/cancel.test.js"], {
      milestone: "proof",
      title: "Prove that orders can be cancelled",
      goal: "Test cancelling over HTTP: open, cancelled already, sent, unknown.",
      acceptance: TESTS,
      dependsOn: ["service", "page"],
    }),
    task("api", "any", ["openapi.yaml"], {
      milestone: "proof",
      title: "Describe the API",
      goal: "Describe the three HTTP endpoints as OpenAPI 3.1, with the status codes that the code gives.",
      acceptance: { command: "grep -q /cancel openapi.yaml", expect: "pass" },
      dependsOn: ["service"],
    }),
    task("readme", "coder", ["README.md"], {
      milestone: "proof",
      title: "Tell of cancelling in the README",
      goal: "Add the endpoint to the list of the README.",
      acceptance: { command: "grep -q /cancel README.md", expect: "pass" },
      dependsOn: ["service", "page"],
    }),
    task("help", "coder", ["README.md"], {
      milestone: "proof",
      title: "Tell of the button in the README",
      goal: "Say in the README's part on the page how an order is cancelled there.",
      acceptance: { command: "grep -qi 'cancel button' README.md", expect: "pass" },
      dependsOn: ["service", "page"],
    }),
  ],
};

function call(tool: string, input: unknown) {
  return { tool, arguments: input };
}

/** The turns of one task: each item is what the model answers in that turn. */
function turns(id: string, replies: readonly Script[number]["reply"][]): Script {
  return replies.map((reply, turn) => ({ when: { firstUser: `Your task (${id})`, turn }, ...(reply && { reply }) }));
}

const edit = (path: string, search: string, replace: string) =>
  call("edit_file", { path, edits: [{ search, replace }] });
const write = (path: string, content: string) => call("write_file", { path, content });
const read = (...paths: string[]) => ({ toolCalls: paths.map((path) => call("read_file", { path })) });
const doing = (...toolCalls: ReturnType<typeof call>[]) => ({ toolCalls });
const done = (changed: string, checked: string) => ({ text: `Changed: ${changed}\nChecked: ${checked}` });

/** What the testing agent says of the service: no at first, yes once it is mended. */
function review(says: string, ...replies: readonly Script[number]["reply"][]): Script {
  const firstUser = "Review what the agent backend did for this task (service)";
  return replies.map((reply, turn) => ({ when: { firstUser, contains: says, turn }, ...(reply && { reply }) }));
}

const verdict = (given: "accepted" | "rejected", ...comments: string[]) =>
  doing(call("give_verdict", { verdict: given, comments }));

function script(): Script {
  return [
    { when: { tool: "propose_plan" }, reply: doing(call("propose_plan", PLAN)) },
    ...turns("schema", [
      read("db/001_orders.sql", "data/orders.csv"),
      doing(
        write("db/002_cancelled.sql", MIGRATION),
        edit("data/orders.csv", "3,Kettle,1,open\n", "3,Kettle,1,open\n4,Teapot,1,cancelled\n"),
      ),
      done("a migration and a sample.", "grep finds the sample."),
    ]),
    ...turns("service", [
      read("src/orders.js", "src/server.js"),
      doing(edit("src/orders.js", LIST_LINE, LIST_LINE + CANCEL)),
      doing(
        edit("src/server.js", POST_LINE, POST_LINE + ROUTE),
        edit("src/server.js", "async function bodyOf", `${HANDLER}async function bodyOf`),
      ),
      done("the service can cancel.", "node --test passes."),
      // The review came back.
      doing(
        edit(
          "src/server.js",
          "function cancel(orders, id, response) {\n  const order = orders.cancel(id);\n",
          HANDLER_MENDED,
        ),
      ),
      done("a sent order answers 409 now.", "node --test passes."),
    ]),
    ...review("the service can cancel.", read("src/server.js"), verdict("rejected", REJECTION)),
    ...review("a sent order answers 409 now.", read("src/server.js"), verdict("accepted")),
    ...turns("page", [
      read("public/index.html", "public/page.js"),
      doing(
        edit(
          "public/page.js",
          "async function show() {",
          'export function canBeCancelled({ status }) {\n  return status === "open";\n}\n\nasync function show() {',
        ),
        edit(
          "public/page.js",
          "    item.textContent = orderText(order);\n",
          '    item.textContent = orderText(order);\n    if (canBeCancelled(order)) item.append(" ", cancelButton(order));\n',
        ),
        edit(
          "public/page.js",
          "if (globalThis.document !== undefined) {",
          `export function cancelButton(order) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Cancel";
  button.setAttribute("aria-label", \`Cancel \${order.item}\`);
  button.addEventListener("click", async () => {
    await fetch(\`/orders/\${order.id}/cancel\`, { method: "POST" });
    await show();
  });
  return button;
}

if (globalThis.document !== undefined) {`,
        ),
      ),
      done("each open order has a button.", "node --test passes."),
    ]),
    ...turns("pipeline", [
      read(".github/workflows/ci.yml", "Dockerfile"),
      doing(
        edit(
          ".github/workflows/ci.yml",
          "      - run: npm test\n",
          '      - run: npm test\n      - name: The sample data names a state for every order\n        run: test "$(grep -cE \',(open|sent|cancelled)$\' data/orders.csv)" -eq "$(tail -n +2 data/orders.csv | wc -l)"\n',
        ),
        edit("Dockerfile", "EXPOSE 8080\n", `EXPOSE 8080\n${HEALTH}`),
      ),
      done("pipeline and image.", "grep finds the health check."),
    ]),
    ...turns("note", [
      read("src/orders.js", "src/server.js", "public/page.js"),
      doing(write("docs/notes/cancelling.md", NOTE)),
      {
        text: 'Findings: RangeErrors are answered with 400, "error instanceof RangeError" [src/server.js:15].\nOpen: nothing.',
      },
    ]),
    ...turns("tests", [
      read("src/server.js", "test/orders.test.js"),
      doing(write("test/cancel.test.js", CANCEL_TEST)),
      { text: "Tests: keeps a cancelled order in the list; refuses what was sent.\nNot tested: nothing." },
    ]),
    ...turns("api", [
      doing(
        call("delegate", {
          agent: "research",
          title: "Which status codes the server answers",
          goal: "Find out which status codes the server answers each request with, and where.",
          returns: "Each status code with its place.",
          readOnly: true,
        }),
      ),
      doing(write("openapi.yaml", OPENAPI)),
      done("the description of the API.", "grep finds the new endpoint."),
    ]),
    ...turns("api.1.0", [
      read("src/server.js"),
      { text: 'Findings: 200, 201, 400, 404 and 409, "send(response, 201" [src/server.js:23].\nOpen: nothing.' },
    ]),
    ...turns("readme", [
      read("README.md"),
      doing(
        edit("README.md", "adds one.\n\n## The page", "adds one; `POST /orders/1/cancel` cancels one.\n\n## The page"),
      ),
      done("the README.", "grep finds it."),
    ]),
    ...turns("help", [
      read("README.md"),
      doing(
        edit(
          "README.md",
          "shows the orders and adds one.\n",
          "shows the orders and adds one. An open order has a cancel button.\n",
        ),
      ),
      done("the README.", "grep finds it."),
    ]),
  ];
}

function problemsOfFiles(folder: string): string[] {
  const problems: string[] = [];
  const text = (path: string) => (existsSync(join(folder, path)) ? readFileSync(join(folder, path), "utf8") : "");
  const once = (path: string, part: string) => {
    const times = text(path).split(part).length - 1;
    if (times !== 1) problems.push(`${path} holds ${JSON.stringify(part.slice(0, 60))} ${times} times`);
  };
  once("src/orders.js", "cancel(id) {");
  once("src/server.js", "cancelled !== null");
  once("src/server.js", "409");
  once("public/page.js", "function cancelButton");
  once("data/orders.csv", "4,Teapot,1,cancelled");
  once("db/002_cancelled.sql", "ADD COLUMN cancelled_at");
  once(".github/workflows/ci.yml", "(open|sent|cancelled)");
  once("Dockerfile", "HEALTHCHECK");
  once("README.md", "/orders/1/cancel");
  once("README.md", "cancel button");
  once("openapi.yaml", "/orders/{id}/cancel");
  if (text("test/cancel.test.js") !== CANCEL_TEST) problems.push("test/cancel.test.js is not as it was written");
  if (!text("docs/notes/cancelling.md").includes("src/server.js")) problems.push("the note is missing");
  try {
    execFileSync("node", ["--test"], { cwd: folder, stdio: "pipe" });
  } catch (error) {
    problems.push(`the project's tests fail: ${String(error)}`);
  }
  return problems;
}

/** Whatever happened meanwhile: each task is joined once, and what the team agreed on stands there once. */
function problemsOfLog(events: readonly RunEvent[]): string[] {
  const found = events.map(({ body }) => {
    switch (body.type) {
      case "task.merged":
        return `merged ${body.taskId}`;
      case "task.delegated":
        return `delegated ${body.taskId}`;
      case "contract.awarded":
        return `awarded ${body.taskId} to ${body.agent}`;
      case "task.reviewed":
        return `${body.verdict} ${body.taskId}`;
      case "conflict.predicted":
        return `predicted ${body.tasks.join(" and ")}`;
      default:
        return "";
    }
  });
  const wanted = [
    ...PLAN.tasks.map(({ id }) => `merged ${id}`),
    ...["api.1.0", "service-review-1", "service-review-2"].map((id) => `delegated ${id}`),
    ...["awarded api to backend", "rejected service", "accepted service", "predicted readme and help"],
  ];
  return wanted.flatMap((what) => {
    const times = found.filter((one) => one === what).length;
    return times === 1 ? [] : [`the log says ${times} times: ${what}`];
  });
}
