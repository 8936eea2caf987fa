/** Files that were made to hurt whoever looks at them: each ends in a finding or an error, in bounded time. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { dataCheck } from "../../daemon/tools/fields/data/data-check.ts";
import { delivery } from "../../daemon/tools/fields/devops/delivery.ts";
import type { FieldCheck, FieldContext } from "../../daemon/tools/fields/field-check.ts";
import { accessible } from "../../daemon/tools/fields/frontend/accessible.ts";
import { askJudge } from "../../daemon/tools/fields/judge/ask.ts";
import { Queried } from "../../daemon/tools/fields/judge/requests.ts";
import { migrations } from "../../daemon/tools/fields/sql/migrations-check.ts";
import { removeFolder } from "../support/remove.ts";
import { withoutBrowser } from "./play.ts";
import type { Scenario } from "./scenario.ts";

interface HostileCase {
  readonly name: string;
  readonly needsBrowser?: boolean;
  /** Whole seconds that it may take on a busy machine. */
  readonly seconds: number;
  /** What is wrong; none is good. */
  run(folder: string): Promise<string[]>;
}

const signal = new AbortController().signal;

async function attemptHostile({ run, seconds }: HostileCase): Promise<string[]> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "nexus-hostile-")));
  const started = performance.now();
  try {
    const problems = await run(folder);
    const took = (performance.now() - started) / 1000;
    return took <= seconds ? problems : [...problems, `it took ${took.toFixed(1)} s; ${seconds} are allowed`];
  } finally {
    await removeFolder(folder);
  }
}

/** Answers with the messages of a check over these files. */
async function messages(check: FieldCheck, folder: string, files: Record<string, string | Buffer>): Promise<string> {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const context: FieldContext = {
    ...{ root: folder, linked: [], changed: Object.keys(files), changedInRun: [], taskFiles: [], testsFirst: false },
    ...{
      answer: "",
      signal,
      trusted: true,
      fetched: [],
      base: async () => undefined,
      beforeRun: async () => undefined,
    },
  };
  const { findings } = await check.run(context);
  return findings.map(({ path, message }) => `${path}: ${message}`).join("\n");
}

function lacks(text: string, ...wanted: readonly (string | RegExp)[]): string[] {
  const missing = wanted.filter((one) => (typeof one === "string" ? !text.includes(one) : !one.test(text)));
  return missing.map((one) => `“${one}” is not in: ${text.slice(0, 400)}`);
}

async function ask(query: string, files: readonly string[] = [], timeoutMs = 20_000): Promise<string> {
  const request = { kind: "query" as const, queries: [query], files: [...files], databases: [], maxRows: 3 };
  const answer = await askJudge(request, Queried, { signal, timeoutMs });
  if (!answer.ok) return answer.error.message;
  const [table] = answer.value;
  return table === undefined ? "nothing" : "problem" in table ? table.problem : JSON.stringify(table.rows);
}

function bomb(): string {
  const levels = "bcdefghi".split("").map((name, index) => {
    return `${name}: &${name} [${Array(9).fill(`*${"abcdefghi"[index]}`).join(",")}]`;
  });
  return ["a: &a [x,x,x,x,x,x,x,x,x]", ...levels, ""].join("\n");
}

const HOSTILE: readonly HostileCase[] = [
  {
    name: "YAML whose aliases stand for a thousand million nodes, and for themselves",
    seconds: 40,
    async run(folder) {
      const files = {
        "compose.yaml": bomb(),
        ".gitlab-ci.yml": "a: &a\n  script: *a\n",
        ".github/workflows/a.yml": bomb(),
        "k8s/a.yaml": `apiVersion: v1\nkind: Pod\n${bomb()}`,
      };
      const told = await messages(delivery, folder, files);
      return lacks(told, /compose\.yaml: .*alias/, /\.gitlab-ci\.yml: .*alias/, /k8s\/a\.yaml: .*alias/);
    },
  },
  {
    name: "broken Dockerfiles, HCL of ten thousand brackets, YAML that never closes",
    seconds: 40,
    async run(folder) {
      const files = {
        Dockerfile: Buffer.from([0, 1, 2, 255, 254, 10, 70, 82]),
        "b.dockerfile": `FROM ${"a".repeat(100_000)}\nRUN ${"\\\n".repeat(10_000)}\n`,
        "main.tf": `x = ${"[".repeat(10_000)}`,
        "compose.yaml": "[".repeat(20_000),
        "a.sh": `${"$(".repeat(5000)}\n`,
      };
      return lacks(await messages(delivery, folder, files), "Dockerfile: ", "main.tf: ", "compose.yaml: ");
    },
  },
  {
    name: "SQL that reads, writes, installs and attaches",
    seconds: 60,
    async run(folder) {
      const evil = join(folder, "evil");
      const queries = [
        "SELECT * FROM read_text('/etc/passwd')",
        `COPY (SELECT 1) TO '${evil}.csv'`,
        "INSTALL httpfs",
        `ATTACH '${evil}.db'`,
      ];
      const answers = await Promise.all(queries.map((query) => ask(query)));
      const through = answers.filter((answer) => !/not allowed|Cannot access|disabled/.test(answer));
      return [...through, ...(existsSync(`${evil}.csv`) || existsSync(`${evil}.db`) ? ["it wrote a file"] : [])];
    },
  },
  {
    name: "a query without an end, and one that wants all memory",
    seconds: 60,
    async run() {
      const endless = await ask("SELECT count(*) FROM range(1000000000000000)", [], 3000);
      const greedy = await ask("SELECT list(r) FROM (SELECT repeat('x', 1000000) || i AS r FROM range(100000) t(i))");
      return [...lacks(endless, "took longer than"), ...lacks(greedy, /Out of Memory|for want of memory/)];
    },
  },
  {
    name: "a CSV of 50 MB, asked and checked",
    seconds: 60,
    async run(folder) {
      const row = "1234567,some text that is not short at all\n";
      const told = await messages(dataCheck, folder, {
        "big.csv": `id,text\n${row.repeat(1_200_000)}`,
        "big.checks.yaml": "file: big.csv\ncolumns: {id: {unique: true}}\n",
      });
      const count = await ask(`SELECT count(*) FROM '${join(folder, "big.csv")}'`, [join(folder, "big.csv")]);
      return [...lacks(told, "not so: id is unique"), ...lacks(count, "1200000")];
    },
  },
  {
    name: "a migration that never ends, and one that leaves the database",
    seconds: 60,
    async run(folder) {
      const endless = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r;";
      const told = await messages(migrations, folder, {
        "a/migrations/1_a.sql": `CREATE TABLE t AS ${endless}`,
        "b/migrations/1_b.sql": `ATTACH '${join(folder, "evil.db")}' AS evil;`,
      });
      const wrote = existsSync(join(folder, "evil.db")) ? ["it wrote a file"] : [];
      return [...lacks(told, /a\/migrations.*took longer than/, /b\/migrations/), ...wrote];
    },
  },
  {
    name: "pages that lead away, never come to rest, open windows and eat memory",
    needsBrowser: true,
    seconds: 240,
    async run(folder) {
      const page = (script: string) =>
        `<!doctype html><html lang="en"><head><title>T</title></head><body><main><h1>A</h1></main><script>${script}</script></body></html>\n`;
      const told = await messages(accessible, folder, {
        "away.html": page('location.href = "https://example.org/"'),
        "loop.html": page("for (;;);"),
        "open.html": page('for (let i = 0; i < 20; i++) window.open("https://example.org/" + i); undefinedName()'),
        "read.html": page('fetch("file:///etc/passwd").then((a) => a.text()).then((t) => { throw new Error(t) })'),
        "far.html": page('fetch("http://127.0.0.1:22/").then(() => { throw new Error("reached") }, () => undefined)'),
      });
      return [
        ...lacks(told, "away.html: the page leads away", "loop.html: ", "undefinedName is not defined"),
        ...(/root:|reached/.test(told) ? [`a page got out: ${told.slice(0, 400)}`] : []),
      ];
    },
  },
];

export const SCENARIOS: readonly Scenario[] = HOSTILE.map((hostile) => ({
  name: hostile.name,
  ...(hostile.needsBrowser === true ? { skip: withoutBrowser } : {}),
  run: async () => assert.deepEqual(await attemptHostile(hostile), []),
}));
