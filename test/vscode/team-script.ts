/** What a scripted model says to a team that works on examples/orders: a plan, and each agent's turns. */
import type { Reply, Script } from "../support/scripted/script.ts";

/** Milliseconds between events, where a person is to see the team at work. */
const SLOW_MS = 3000;

const PASS = { command: "node --test", expect: "pass" };

const PLAN = {
  summary: "Customers can cancel an order: data, service and page side by side, then the README that tells of it.",
  milestones: [
    {
      id: "parts",
      title: "Every part knows cancelled orders",
      outcome: "Table, service and page show and keep the status “cancelled”.",
      risks: [{ risk: "Service and page name the address differently.", mitigation: "It is noted on the blackboard." }],
      estimate: { tokens: 90_000, minutes: 12 },
    },
    {
      id: "told",
      title: "It is told",
      outcome: "The README names the new address.",
      estimate: { tokens: 12_000, minutes: 2 },
    },
  ],
  tasks: [
    {
      ...task("data", "coder", "Put a cancelled order into the sample data", ["data/orders.csv"]),
      milestone: "parts",
      estimate: { tokens: 15_000, minutes: 2 },
    },
    {
      ...task("service", "coder", "Cancel orders in the service", ["src/orders.js", "src/server.js"]),
      milestone: "parts",
      acceptance: PASS,
      estimate: { tokens: 35_000, minutes: 5 },
    },
    {
      ...task("page", "coder", "Offer to cancel on the page", ["public/page.js"]),
      milestone: "parts",
      acceptance: PASS,
      estimate: { tokens: 25_000, minutes: 3 },
    },
    {
      ...task("note", "research", "Say what cancelling touches", ["docs/cancelling.md"]),
      milestone: "parts",
      estimate: { tokens: 15_000, minutes: 2 },
    },
    {
      ...task("readme", "coder", "Tell of it in the README", ["README.md"]),
      milestone: "told",
      dependsOn: ["service", "page"],
      estimate: { tokens: 12_000, minutes: 2 },
    },
  ],
};

function task(id: string, agent: string, title: string, files: string[]) {
  return { id, agent, title, goal: `${title}.`, files, acceptance: null, dependsOn: [] };
}

const LIST = "    list: () => [...orders.values()],\n";
const CANCEL = `    /** Undefined when there is no such order, or it was sent. */
    cancel(id) {
      const order = orders.get(id);
      if (order === undefined || order.status === "sent") return undefined;
      order.status = "cancelled";
      return order;
    },
`;
const ADD = "    return send(response, 201, orders.add(await bodyOf(request)));\n";
const ROUTE = `  const [, id] = /^\\/orders\\/(\\d+)\\/cancel$/.exec(pathname) ?? [];
  if (request.method === "POST" && id !== undefined) {
    const order = orders.cancel(Number(id));
    return send(response, order === undefined ? 409 : 200, order ?? { error: "It cannot be cancelled." });
  }
`;
const CAN_BE = `export function canBeCancelled({ status }) {
  return status === "open";
}

`;
const NOTE = `# Cancelling

Orders live in memory, "const orders = new Map()" [src/orders.js:3], so nothing else sees that one was cancelled.
`;

const call = (tool: string, input: unknown) => ({ tool, arguments: input });
const edit = (path: string, search: string, replace: string) =>
  call("edit_file", { path, edits: [{ search, replace }] });
const read = (...paths: string[]) => paths.map((path) => call("read_file", { path }));

function turns(id: string, ...replies: (Reply & { readonly slow?: boolean })[]): Script {
  return replies.map(({ slow = false, ...reply }, turn) => ({
    when: { firstUser: `Your task (${id})`, turn },
    reply,
    ...(slow ? { misbehave: { eventDelayMs: SLOW_MS } } : {}),
  }));
}

export const TEAM_SCRIPT: Script = [
  { when: { tool: "propose_plan" }, reply: { toolCalls: [call("propose_plan", PLAN)] } },
  ...turns(
    "data",
    { text: "I look at the sample first.", toolCalls: read("data/orders.csv") },
    { toolCalls: [edit("data/orders.csv", "3,Kettle,1,open\n", "3,Kettle,1,open\n4,Teapot,1,cancelled\n")] },
    { text: "The sample holds a cancelled order now; the others are as they were, with the same columns.", slow: true },
  ),
  ...turns(
    "service",
    { text: "Two files hold what I need.", toolCalls: read("src/orders.js", "src/server.js") },
    {
      text: "The page has to know the address.",
      toolCalls: [
        call("board_write", {
          key: "api/cancel",
          value: '{"method":"POST","path":"/orders/ID/cancel","too late":409}',
          source: "src/server.js",
        }),
        call("send_message", {
          to: "page",
          kind: "inform",
          text: "POST /orders/ID/cancel cancels; an order that was sent answers 409. It is on the board as api/cancel.",
        }),
        edit("src/orders.js", LIST, LIST + CANCEL),
        edit("src/server.js", ADD, ADD + ROUTE),
      ],
    },
    {
      text: "Somebody who only reads should look for other users of the status.",
      toolCalls: [
        call("delegate", {
          agent: "research",
          title: "Find who else reads the status",
          goal: "Find every place that reads an order's status.",
          returns: "Each place, with its line.",
          readOnly: true,
        }),
      ],
    },
    { text: "An open order can be cancelled; one that was sent answers 409." },
    { text: "An open order can be cancelled; one that was sent answers 409. Cancelling twice changes nothing." },
  ),
  ...turns(
    "service.3.0",
    { toolCalls: read("public/page.js") },
    {
      text: 'Findings: only the page shows it, "export function orderText" [public/page.js:1].\nOpen: nothing.',
      slow: true,
    },
  ),
  ...turns(
    "page",
    { text: "I read the page.", toolCalls: read("public/page.js", "public/index.html") },
    {
      toolCalls: [
        call("send_message", {
          to: "service",
          kind: "question",
          text: "May a cancelled order be cancelled once more?",
        }),
        edit("public/page.js", "async function show() {", `${CAN_BE}async function show() {`),
        edit(
          "public/page.js",
          "    item.textContent = orderText(order);\n",
          "    item.textContent = orderText(order);\n    item.dataset.canBeCancelled = String(canBeCancelled(order));\n",
        ),
      ],
    },
    { text: "The page knows which orders can be cancelled; each item of the list says so of itself.", slow: true },
    // Only where a message came after its last turn had begun.
    { text: "The page knows which orders can be cancelled, and the address is the one on the board." },
  ),
  ...turns(
    "note",
    {
      text: "I read what keeps the orders, then I write down where it matters.",
      toolCalls: read("src/orders.js"),
      slow: true,
    },
    { toolCalls: [call("write_file", { path: "docs/cancelling.md", content: NOTE })] },
    { text: 'Findings: orders live in memory, "const orders = new Map()" [src/orders.js:3].\nOpen: nothing.' },
  ),
  ...turns(
    "readme",
    { toolCalls: read("README.md") },
    {
      toolCalls: [
        edit("README.md", "adds one.\n\n## The page", "adds one; `POST /orders/1/cancel` cancels one.\n\n## The page"),
      ],
    },
    { text: "The README names the address." },
  ),
];
