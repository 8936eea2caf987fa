/**
 * A program of its own that looks at files: one request on standard input, one answer on standard output. It may be
 * ended at any time, so it writes nothing else. Argument: the folder of grammars.
 */
import { createSyntaxChecker } from "../../../memory/code/syntax.ts";
import { JudgeRequest } from "./requests.ts";

const [grammars = ""] = process.argv.slice(2);

async function answer(request: JudgeRequest): Promise<unknown> {
  switch (request.kind) {
    case "delivery": {
      const { lintDelivery } = await import("../delivery/lint.ts");
      return lintDelivery(request.texts, { syntax: createSyntaxChecker({ folder: grammars }), beside: grammars });
    }
    case "sql": {
      const { parseSql } = await import("../sql/parse.ts");
      return parseSql(request.texts);
    }
    case "query": {
      const { queryAll } = await import("../sql/duckdb.ts");
      return queryAll(request);
    }
    case "migrations": {
      const { migrate } = await import("../sql/migrations.ts");
      return migrate(request.scripts);
    }
    case "endpoints": {
      const { judgeEndpoints } = await import("../backend/agreement.ts");
      return judgeEndpoints(request.before, request.after);
    }
    case "pages": {
      const { judgePages } = await import("../frontend/static.ts");
      return judgePages(request.texts, createSyntaxChecker({ folder: grammars }));
    }
  }
}

async function requestOnInput(): Promise<JudgeRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return JudgeRequest.parse(JSON.parse(Buffer.concat(chunks).toString("utf8")));
}

function tell(value: unknown): void {
  // What a linter keeps running (WebAssembly of Go) would keep the process.
  process.stdout.write(JSON.stringify(value), () => process.kill(process.pid, "SIGKILL"));
}

requestOnInput()
  .then(answer)
  .then(
    (value) => tell({ ok: true, value }),
    (error: unknown) => tell({ ok: false, problem: error instanceof Error ? error.message : String(error) }),
  );
