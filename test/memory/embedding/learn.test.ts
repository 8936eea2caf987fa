/** memory/learn over the real service: a thread of its own, and the table that it makes put to use. */
import { execFileSync } from "node:child_process";
import { globSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { jargonCommits } from "../../support/jargon.ts";
import { makeRepository } from "../../support/taught-repository.ts";
import { createWorld, makeFolder } from "./world.ts";

async function createTaught(commits: number, meaning: boolean) {
  const folder = makeFolder({});
  makeRepository(join(folder, "bare"), jargonCommits(commits, meaning));
  execFileSync("git", ["clone", "--quiet", join(folder, "bare"), join(folder, "work")], { stdio: "ignore" });
  return createWorld({}, { root: join(folder, "work") });
}

it("puts to use what it learned, for this repository and after a restart too", async () => {
  const world = await createTaught(600, true);
  await world.index();
  const answer = await world.learn();
  expect(answer).toMatchObject({ kept: true, measuredOn: 120 });
  expect(answer.after?.mrr).toBeGreaterThan((answer.before?.mrr ?? 1) + 0.01);
  expect(world.told.filter(({ phase }) => phase === "learning").length).toBeGreaterThan(2);
  const check = async () => {
    // A user's word that no file holds.
    const { results, degraded } = await world.search("the kitchen is broken");
    expect(degraded).toEqual([]);
    expect(results.flatMap(({ why }) => why).join()).toMatch(/close in meaning \(learned-[0-9a-f]{12}\)/);
    const { vectors } = await world.status();
    expect(vectors?.model).toMatch(/^learned-/);
    expect(vectors?.done).toBe(vectors?.total);
  };
  await check();
  await world.restart();
  await world.index();
  await check();
  await world.restart(undefined, () => {
    for (const file of globSync(join(world.home, "memory/*/tables/learned-*/rows.int8"))) truncateSync(file, 100);
  });
  await world.index();
  expect((await world.search("the kitchen is broken")).degraded.join()).toMatch(/damaged.*built-in table is used/);
});

it("keeps the built-in table where the history teaches nothing", async () => {
  const world = await createTaught(300, false);
  const answer = await world.learn();
  expect(answer).toMatchObject({ kept: false, measuredOn: 60, reason: expect.stringMatching(/MRR|R@10/) });
  await world.index();
  expect((await world.status()).vectors?.model).toBe("code-words-128");
});

it("says that the history is too short, or that there is none", async () => {
  const answer = await (await createTaught(20, true)).learn();
  expect(answer).toMatchObject({ kept: false, before: null, after: null, reason: expect.stringMatching(/too short/) });
  await expect((await createWorld()).learn()).rejects.toThrow(/not enough git history/);
});

it("ends when nobody wants it any more", async () => {
  const world = await createTaught(600, true);
  const controller = new AbortController();
  const learning = world.learn(controller.signal);
  await world.untilTold((progress) => progress.phase === "learning" && progress.done > 0);
  controller.abort(new Error("enough"));
  await expect(learning).rejects.toThrow("enough");
  expect((await world.status()).vectors?.model ?? "code-words-128").toBe("code-words-128");
});
