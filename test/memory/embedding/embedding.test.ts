/** memory/embedding over the real service: threads, stores on disk, and a server of embeddings over HTTP. */
import { describe, expect, it } from "vitest";
import { createWorld } from "./world.ts";

const isDone = (vectors: { state: string; done: number; total: number }) =>
  vectors.state === "idle" && vectors.done === vectors.total && vectors.total > 0;

describe("vectors of another model", () => {
  it("sends nothing before it is told to start, and says what starting would cost", async () => {
    const world = await createWorld();
    await world.index();
    expect((await world.search("numbat")).results[0]?.path).toBe("src/gamma.ts");
    const { vectors, estimate } = await world.embedding({ action: "estimate" });
    expect(vectors).toMatchObject({ model: "code-words-128", state: "idle" });
    expect(estimate?.chunks).toBe(6);
    expect(estimate?.costUsd).toBeCloseTo((estimate?.tokens ?? 0) / 1e6);
    expect(world.server.requests).toEqual([]);
  });

  it("takes the place of the table once it is complete, and says who was near", async () => {
    const world = await createWorld();
    await world.embedding({ action: "start" });
    await world.until(isDone);
    const { vectors } = await world.status();
    expect(vectors).toMatchObject({ store: "usearch", model: "m1", dimensions: 8, done: 6, total: 6, problem: null });
    expect(vectors?.costUsd).toBeGreaterThan(0);
    expect(world.told.some(({ phase }) => phase === "embedding")).toBe(true);
    const { results, degraded } = await world.search("where is numbat");
    expect(results[0]).toMatchObject({ path: "src/gamma.ts" });
    expect(results[0]?.why).toContain("close in meaning (m1)");
    expect(degraded.filter((text) => /table/.test(text))).toEqual([]);
    expect(world.server.requests.at(-1)?.texts).toEqual(["where is numbat"]);
  });

  it("embeds only what is new after a change", async () => {
    const world = await createWorld();
    await world.embedding({ action: "start" });
    await world.until(isDone);
    const before = world.server.requests.length;
    world.put("src/delta.ts", "export const delta = bilby();\n");
    await world.index();
    await world.until((vectors) => isDone(vectors) && vectors.total === 7);
    expect(world.server.requests.slice(before).map(({ texts }) => texts)).toEqual([
      ["export const delta = bilby();\n"],
    ]);
    expect((await world.search("bilby please")).results[0]?.path).toBe("src/delta.ts");
  });
});
