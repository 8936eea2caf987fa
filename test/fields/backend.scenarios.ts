import { scenariosOf } from "./play.ts";
import { call, DONE, edit, type FieldSuite, mended, read, write } from "./task.ts";

const ROUTE = edit(
  "server.js",
  '  "GET /orders":',
  '  "GET /health": (response) => response.end(\'{"ok":true}\'),\n  "GET /orders":',
);
const DESCRIBED = edit(
  "openapi.yaml",
  "paths:\n",
  'paths:\n  /health:\n    get:\n      responses:\n        "200": { description: It stands }\n',
);
const probe = (port: number) =>
  call("probe_endpoint", { command: "node server.js", port, requests: [{ path: "/health" }, { path: "/nothing" }] });

const suite: FieldSuite = {
  agent: "backend",
  role: "backend",
  project: "api",
  tasks: [
    {
      name: "an endpoint, described and asked",
      turns: [read("server.js"), ROUTE, read("openapi.yaml"), DESCRIBED, probe(18_431), DONE],
      checked: ["endpoints yes"],
      told: ["GET /health → 200", "GET /nothing → 404"],
    },
    mended(
      "a description that is not whole",
      "endpoints",
      "GET /orders describes no response",
      [
        read("openapi.yaml"),
        edit("openapi.yaml", '      responses:\n        "200": { description: All orders }\n', "      summary: All\n"),
      ],
      [
        edit(
          "openapi.yaml",
          "      summary: All\n",
          '      operationId: all\n      responses:\n        "200": { description: All orders }\n',
        ),
      ],
    ),
    {
      name: "a server that does not start is seen before it is called done",
      turns: [
        read("server.js"),
        edit("server.js", "const orders =", "const orders = missing ??"),
        probe(18_433),
        edit("server.js", "missing ?? ", ""),
        ROUTE,
        read("openapi.yaml"),
        DESCRIBED,
        probe(18_433),
        DONE,
      ],
      checked: ["endpoints yes"],
      told: ["missing is not defined", "GET /health → 200"],
    },
    mended(
      "a migration that leaves a gap",
      "migrations",
      "there is no migration between 0001 and 0003",
      [write("db/migrations/0003_note.sql", "ALTER TABLE orders ADD COLUMN note TEXT;")],
      [
        call("delete_file", { path: "db/migrations/0003_note.sql" }),
        write("db/migrations/0002_note.sql", "ALTER TABLE orders ADD COLUMN note TEXT;"),
      ],
    ),
    mended(
      "a migration that does not apply",
      "migrations",
      "no such table: ordrs",
      [write("db/migrations/0002_note.sql", "ALTER TABLE ordrs ADD COLUMN note TEXT;")],
      [read("db/migrations/0002_note.sql"), edit("db/migrations/0002_note.sql", "ordrs", "orders")],
    ),
    mended(
      "a way back that does not lead back",
      "migrations",
      "its way back does not lead back",
      [
        write("db/migrations/0002_note.sql", "CREATE TABLE notes (id INTEGER PRIMARY KEY);"),
        write("db/migrations/0002_note.down.sql", "SELECT 1;"),
      ],
      [
        read("db/migrations/0002_note.down.sql"),
        edit("db/migrations/0002_note.down.sql", "SELECT 1", "DROP TABLE notes"),
      ],
    ),
    {
      name: "an endpoint that nobody described is told to the reviewer and holds nothing up",
      turns: [read("server.js"), ROUTE, DONE],
      checked: ["endpoints yes"],
    },
  ],
};

export const SCENARIOS = scenariosOf(suite);
