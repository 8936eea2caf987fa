import { scenariosOf } from "./play.ts";
import { call, DONE, edit, type FieldSuite, mended, read, write } from "./task.ts";

const suite: FieldSuite = {
  agent: "data",
  role: "data engineering",
  project: "data",
  tasks: [
    {
      name: "a report that rests on the data itself",
      turns: [
        call("query_data", {
          sql: "SELECT name, sum(price) AS total FROM 'data/orders.csv' o JOIN 'data/customers.csv' c ON c.id = o.customer GROUP BY 1 ORDER BY 2 DESC",
        }),
        write("reports/totals.sql", "SELECT customer, sum(price) AS total FROM orders GROUP BY customer;"),
        DONE,
      ],
      checked: ["data yes"],
      told: ["Bob\\t7"],
    },
    mended(
      "an order of a customer that there is not",
      "data",
      "not so: customer is in customers.csv",
      [read("data/orders.csv"), edit("data/orders.csv", "2,2,7\n", "2,2,7\n3,9,1\n")],
      [edit("data/orders.csv", "3,9,1", "3,1,1")],
    ),
    mended(
      "a rule that the data does not keep",
      "data",
      "not so: price is at least 5",
      [read("data/orders.checks.yaml"), edit("data/orders.checks.yaml", "min: 0", "min: 5")],
      [edit("data/orders.checks.yaml", "min: 5", "min: 1")],
    ),
    mended(
      "SQL that cannot be read",
      "data",
      "sql/syntax",
      [write("reports/all.sql", "SELEC * FROM orders;")],
      [read("reports/all.sql"), edit("reports/all.sql", "SELEC ", "SELECT ")],
    ),
    {
      name: "a migration of a table that there is not",
      turns: [
        write("db/migrations/0002_note.sql", "ALTER TABLE order_lines ADD COLUMN note TEXT;"),
        write("db/migrations/0002_note.down.sql", "ALTER TABLE orders DROP COLUMN note;"),
        DONE,
        read("db/migrations/0002_note.sql"),
        edit("db/migrations/0002_note.sql", "order_lines", "orders"),
        DONE,
      ],
      checked: ["migrations no", "data yes", "migrations yes", "data yes"],
      told: ["no such table: order_lines"],
    },
    {
      name: "a look at what is not the project's gets nowhere",
      turns: [
        call("query_data", { sql: "SELECT * FROM read_text('/etc/passwd')" }),
        call("query_data", { sql: "COPY (SELECT 1) TO 'data/orders.csv'" }),
        call("query_data", { sql: "INSTALL httpfs" }),
        write("reports/one.sql", "SELECT 1;"),
        DONE,
      ],
      checked: ["data yes"],
      told: ["Cannot access file", "COPY is not allowed"],
    },
  ],
};

export const SCENARIOS = scenariosOf(suite);
