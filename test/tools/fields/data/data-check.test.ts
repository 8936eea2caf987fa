import { describe, expect, it } from "vitest";
import { dataCheck } from "../../../../daemon/tools/fields/data/data-check.ts";
import { queriesOf, readDeclared } from "../../../../daemon/tools/fields/data/declared.ts";
import { fieldContext, inShort } from "../field-context.ts";

const CHECKS = `file: orders.csv
rows: {min: 2, max: 10}
columns:
  id: {notNull: true, unique: true}
  status: {accepted: [open, paid]}
  price: {min: 0}
  customer: {references: {file: customers.csv, column: id}}
queries:
  - name: paid orders have a price
    sql: SELECT * FROM data WHERE status = 'paid' AND price IS NULL
`;
const CUSTOMERS = "id,name\n1,Ann\n2,Bob\n";
const GOOD = "id,status,price,customer\n1,open,3,1\n2,paid,4,2\n";
const BAD = "id,status,price,customer\n1,open,-3,1\n1,lost,4,7\n,paid,,2\n";

const files = (orders: string) => ({
  "data/orders.checks.yaml": CHECKS,
  "data/orders.csv": orders,
  "data/customers.csv": CUSTOMERS,
});

describe("the check “data”", () => {
  it("passes data that is as it was declared", async () => {
    const result = await dataCheck.run(fieldContext(files(GOOD), { changed: ["data/orders.csv"] }));
    expect(result).toEqual({ ok: true, findings: [], summary: "8 checks of orders.checks.yaml" });
  });

  it("tells each rule that is broken, with rows that break it", async () => {
    const result = await dataCheck.run(fieldContext(files(BAD), { changed: ["data/customers.csv"] }));
    expect(result.ok).toBe(false);
    const told = result.findings.map(({ message }) => message.replace(/^not so: (.*?)\. For example.*/, "$1"));
    expect(told).toEqual([
      "id is never null",
      "id is unique",
      "status is one of 'open', 'paid'",
      "price is at least 0",
      "customer is in customers.csv",
      "paid orders have a price",
    ]);
    expect(result.findings[1]?.message).toContain("id=1, times=2");
  });

  it("sends back checks that cannot be read or asked, data that is not there, and SQL that is none", async () => {
    const result = await dataCheck.run(
      fieldContext({
        "a.checks.yaml": "file: a.csv\ncolums: {}\n",
        "b.checks.yaml": "file: gone.csv\n",
        "c.checks.yaml": "file: c.csv\ncolumns: {nope: {notNull: true}}\n",
        "d.checks.yaml": "file: ../../etc/passwd\n",
        "c.csv": "id\n1\n",
        "q.sql": "SELEC 1;\n",
        "ok.sql": "SELECT a FROM b WHERE c = $1;\n",
        "sqlite.sql": "CREATE TABLE a(id INTEGER PRIMARY KEY AUTOINCREMENT);\n",
        "mysql.sql": "CREATE TABLE `a` (id INT AUTO_INCREMENT) ENGINE=InnoDB;\n",
      }),
    );
    expect(inShort(result).sort()).toEqual([
      "error a.checks.yaml data/checks",
      "error b.checks.yaml data/file",
      "error c.checks.yaml data/checks",
      "error d.checks.yaml data/file",
      "error q.sql:1 sql/syntax",
      "warning mysql.sql:1 sql/syntax",
    ]);
  });

  it("measures freshness from the time that it is given", () => {
    const checks = readDeclared("file: a.csv\nfreshness: {column: made, maxAgeDays: 2}\n");
    const { queries } = queriesOf("x/a.checks.yaml", checks.ok ? checks.value : never(), "2026-03-04T05:06:07.000Z");
    expect(queries[0]?.sql).toContain("CAST('2026-03-04T05:06:07' AS TIMESTAMP) - INTERVAL (2880) MINUTE");
  });
});

function never(): never {
  throw new Error("not readable");
}
