/** What a slot costs, for a task among a thousand that wait. */
import { systemClock } from "../daemon/host/clock.ts";
import { createScheduler } from "../daemon/orchestration/scheduling/scheduler.ts";
import { DEFAULT_SCHEDULING } from "../daemon/orchestration/scheduling/settings.ts";
import { type Figure, timed } from "./measure.ts";

const TASKS = 1000;
const RUNS = 200;

export async function measureScheduling(): Promise<Figure[]> {
  const scheduler = createScheduler(DEFAULT_SCHEDULING, systemClock);
  const { signal } = new AbortController();
  const job = (index: number) => {
    const run = index % RUNS;
    return { id: `${run}/${index}`, group: `session ${run % 20}`, flow: `run ${run}`, priority: "normal" as const };
  };
  const wallMs = await timed(async () => {
    const slots = Array.from({ length: TASKS }, (_, index) => scheduler.task(job(index), signal));
    await Promise.all(slots.map(async (slot) => (await slot).release()));
  });
  scheduler.close();
  return [{ name: `scheduling of a task among ${TASKS} of ${RUNS} runs`, value: wallMs / TASKS, limit: 5, unit: "ms" }];
}
