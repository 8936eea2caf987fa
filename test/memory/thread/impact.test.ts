/** What the memory thread answers about a change, over real files. */
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { createIndexService } from "../../../daemon/memory/create.ts";
import { BUILT_IN } from "../../../daemon/memory/embedding/choice.ts";
import { silentLog } from "../../../daemon/observability/log-file.ts";
import { writeFiles } from "../../support/engine.ts";

const MAIN = fileURLToPath(new URL("../../../daemon/main.ts", import.meta.url));
const CALL = { name: "test", signal: new AbortController().signal };

it("tells why without repeating what stands beside it, the risk, and one command for the tests", async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "nexus-impact-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const root = join(folder, "shop");
  writeFiles(root, {
    "package.json":
      '{"name": "shop", "private": true, "scripts": {"test": "vitest run"}, "devDependencies": {"vitest": "1"}}\n',
    "src/total.ts": "export function cartTotal(prices: number[]): number {\n  return prices.length;\n}\n",
    "src/checkout.ts":
      'import { cartTotal } from "./total.ts";\nexport function checkout(): number {\n  return cartTotal([1]);\n}\n',
    "src/total.test.ts":
      'import { it } from "vitest";\nimport { cartTotal } from "./total.ts";\nit("adds", () => void cartTotal([]));\n',
  });
  const service = createIndexService({ home: join(folder, "home"), main: MAIN, embedding: BUILT_IN, log: silentLog });
  onTestFinished(() => service.close());
  const { nodes, tests, runs, risk } = await service.impact({ workspace: root, symbol: "cartTotal" }, CALL);
  expect(nodes.map(({ symbol, why }) => `${symbol} ${why}`)).toEqual(["checkout calls cartTotal"]);
  expect(tests.map(({ path, why }) => `${path} ${why.split(",")[0]}`)).toEqual(["src/total.test.ts calls cartTotal"]);
  expect(runs).toEqual([
    { command: expect.stringContaining("vitest"), folder: "", tests: ["src/total.test.ts"], why: expect.any(String) },
  ]);
  expect(risk).toMatchObject({ level: "low" });
});
