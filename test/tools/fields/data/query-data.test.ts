import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { askJudge } from "../../../../daemon/tools/fields/judge/ask.ts";
import { Queried } from "../../../../daemon/tools/fields/judge/requests.ts";
import { queryAll } from "../../../../daemon/tools/fields/sql/duckdb.ts";
import { call, makeFolder } from "../../workspace.ts";

const ORDERS = "id,item,price\n1,Tea,2.5\n2,Cup,7\n";

/** The same as the tool's own process does, here. */
async function ask(root: string, queries: string[], names: string[] = []): Promise<(string | null)[][][]> {
  const files = names.map((name) => join(root, name));
  const answers = await queryAll({ kind: "query", queries, files, databases: [], maxRows: 10 });
  return answers.map((answer) => ("problem" in answer ? [["problem", answer.problem]] : answer.rows));
}

describe("query_data", () => {
  it("answers SQL over files of the copy and over SQLite, bounded", async () => {
    const root = makeFolder({ "data/orders.csv": ORDERS });
    const database = new DatabaseSync(join(root, "data/shop.db"));
    database.exec("CREATE TABLE stock(item TEXT, left_over INTEGER); INSERT INTO stock VALUES ('Tea', 4), ('Cup', 0)");
    database.close();
    const sql = "SELECT o.item, left_over FROM 'data/orders.csv' o JOIN shop.stock s ON s.item = o.item ORDER BY 1";
    const { output } = await call(root, "query_data", { sql, files: ["data/shop.db"], maxRows: 1 });
    expect(output).toContain("item\tleft_over\nCup\t0\n");
    expect(output).toContain("more than 1 row");
  });

  it("refuses files outside of the copy, links out of it, secrets' folders and patterns", async () => {
    const root = makeFolder({ "a.csv": ORDERS });
    symlinkSync("/etc/passwd", join(root, "users.csv"));
    const status = async (sql: string) => (await call(root, "query_data", { sql })).status;
    expect(await status("SELECT * FROM '../../etc/hosts.csv'")).toBe("denied");
    expect(await status("SELECT * FROM 'users.csv'")).toBe("denied");
    expect(await status("SELECT * FROM '*.csv'")).toBe("failed");
    expect(await status("SELECT * FROM 'gone.csv'")).toBe("failed");
  });
});

describe("the database behind it", () => {
  const HOSTILE = [
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_csv('/etc/passwd', header = false)",
    "SELECT * FROM glob('/etc/*')",
    "COPY (SELECT 1) TO '/tmp/nexus-evil.csv'",
    "EXPLAIN ANALYZE COPY (SELECT 1) TO '/tmp/nexus-evil.csv'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SELECT * FROM 'https://example.org/a.csv'",
    "ATTACH '/tmp/nexus-evil.db'",
    "SET enable_external_access = true",
    "PRAGMA enable_external_access",
    "EXPORT DATABASE '/tmp/nexus-evil'",
    "CREATE SECRET s (TYPE s3)",
    "SELECT 1; COPY (SELECT 1) TO '/tmp/nexus-evil.csv'",
  ];

  it.each(HOSTILE)("refuses %s", async (sql) => {
    const [rows] = await ask("/", [sql]);
    expect(rows?.[0]?.[0]).toBe("problem");
  });

  it.each(["", "EXPLAIN ANALYZE ", "EXPLAIN ANALYZE SELECT 1; EXPLAIN ANALYZE "])(
    "does not write over the file that it may read with %sCOPY",
    async (before) => {
      const root = makeFolder({ "a.csv": ORDERS });
      const copy = `COPY (SELECT 1) TO '${join(root, "a.csv")}' (USE_TMP_FILE false)`;
      const [rows] = await ask(root, [before + copy], ["a.csv"]);
      expect(rows?.[0]?.[0]).toBe("problem");
      expect(readFileSync(join(root, "a.csv"), "utf8")).toBe(ORDERS);
    },
  );

  it("goes on after a query that is wrong, and later ones see what earlier ones made", async () => {
    const root = makeFolder({ "a.csv": ORDERS });
    const at = join(root, "a.csv");
    const answers = await ask(
      root,
      [`CREATE VIEW v AS SELECT * FROM '${at}'`, "SELEKT", "SELECT count(*) FROM v"],
      ["a.csv"],
    );
    expect(answers.map((rows) => rows[0]?.[0])).toEqual([undefined, "problem", "2"]);
  });

  it("ends a query that does not end by itself, and hurts nobody", async () => {
    const request = { queries: ["SELECT count(*) FROM range(1000000000000000)"], files: [], databases: [], maxRows: 1 };
    const { signal } = new AbortController();
    const answer = await askJudge({ kind: "query", ...request }, Queried, { signal, timeoutMs: 1500 });
    expect(answer).toMatchObject({ ok: false, error: { message: expect.stringMatching(/It took longer than \d+ s/) } });
  });
});
