/** The memory thread over a real repository with two working trees. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { createIndexService } from "../../../daemon/memory/create.ts";
import { BUILT_IN } from "../../../daemon/memory/embedding/choice.ts";
import { silentLog } from "../../../daemon/observability/log-file.ts";
import { openIndexFile } from "../../../daemon/store/index-file.ts";
import { initGit, writeFiles } from "../../support/engine.ts";

const MAIN = fileURLToPath(new URL("../../../daemon/main.ts", import.meta.url));
const CALL = { name: "test", signal: new AbortController().signal };

function twoTrees() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "nexus-branches-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [first, second] = [join(folder, "first"), join(folder, "second")];
  writeFiles(first, { "cart.js": "export function addToCart() {}\n" });
  initGit(first);
  execFileSync("git", ["worktree", "add", "-q", "-b", "coupons", second], { cwd: first, stdio: "ignore" });
  writeFiles(second, { "coupon.js": "export function redeemCoupon() {}\n" });
  const home = join(folder, "home");
  const service = createIndexService({ home, main: MAIN, embedding: BUILT_IN, log: silentLog });
  onTestFinished(() => service.close());
  const search = async (query: string, branch?: string) => {
    const params = { workspace: first, query, mode: "symbol" as const, ...(branch === undefined ? {} : { branch }) };
    return (await service.search(params, CALL)).results.map(({ path }) => path);
  };
  return { first, second, home, service, search };
}

it("searches another branch in the working tree that has it, and says which there are", async () => {
  const { first, second, service, search } = twoTrees();
  await service.index({ workspace: first }, CALL);
  await expect(search("redeemCoupon", "coupons")).rejects.toMatchObject({
    value: { code: "memory.unknown_branch", message: expect.stringContaining("“coupons”; indexed: ") },
  });
  await service.index({ workspace: second }, CALL);
  expect(await search("redeemCoupon", "coupons")).toEqual(["coupon.js"]);
  expect(await search("redeemCoupon")).toEqual([]);
});

it("finds the branch of the folder itself, and hears of changes after the index was made anew", async () => {
  const { first, service, search } = twoTrees();
  await service.index({ workspace: first }, CALL);
  const { branch } = await service.status({ workspace: first }, CALL);
  expect(await search("addToCart", branch ?? "")).toEqual(["cart.js"]);

  await service.index({ workspace: first, rebuild: true }, CALL);
  const found = Promise.withResolvers<readonly string[]>();
  service.onProgress(({ progress }) => {
    if (progress === null) void search("refundOrder").then((paths) => paths.length > 0 && found.resolve(paths));
  });
  writeFiles(first, { "refund.js": "export function refundOrder() {}\n" });
  expect(await found.promise).toEqual(["refund.js"]);
});

it("leaves nothing of a folder that is forgotten, and all of the other", async () => {
  const { first, second, home, service, search } = twoTrees();
  await service.index({ workspace: first }, CALL);
  await service.index({ workspace: second }, CALL);
  await service.forget({ workspace: second }, CALL);
  expect(await search("addToCart")).toEqual(["cart.js"]);
  await service.close();

  const [folder = ""] = readdirSync(join(home, "memory"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  const { connection } = await openIndexFile(join(home, "memory", folder, "index.db"));
  const keys = connection.execute("SELECT key FROM parts", []).map(({ key }) => String(key));
  connection.close();
  expect(keys.filter((key) => key.includes(second))).toEqual([]);
  expect(keys.filter((key) => key.includes(first))).not.toEqual([]);
});
