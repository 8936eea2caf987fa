import { expect, it } from "vitest";
import type { MemoryService } from "../../daemon/memory/service.ts";
import { unavailableMemory } from "../../daemon/memory/unavailable.ts";
import { errorValue } from "../../protocol/index.ts";
import { createFakeMemory } from "../support/fake-memory.ts";

it("answers every question with the reason, and keeps no daemon awake", async () => {
  const reason = errorValue("memory.unavailable", "The disk is full.");
  const memory = unavailableMemory(reason);
  const methods = Object.entries(createFakeMemory()).flatMap(([name, value]) =>
    typeof value === "function" && name in memory && name !== "onProgress" ? [name as keyof MemoryService] : [],
  );
  expect(methods).toHaveLength(22);
  for (const name of methods) {
    const ask = memory[name] as (params: object, call: object) => Promise<unknown>;
    await expect(ask({}, {})).rejects.toMatchObject({ value: reason });
  }
  expect(memory.busy).toBe(false);
  memory.onProgress(() => undefined)();
});
