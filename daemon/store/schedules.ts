/** When workflows run by themselves: one row a schedule. What it means is orchestration's; here it is JSON under a checksum. */
import type { Database, Reader } from "./database.ts";
import { checkDigest, digestOf } from "./digest.ts";
import type { ScheduleRow, ScheduleRows } from "./store.ts";

export function createScheduleRows(database: Database): ScheduleRows {
  return {
    list: () =>
      database.read(async (reader) => {
        const rows = await reader.selectFrom("schedules").selectAll().orderBy("schedule_id").execute();
        return rows.map((row) => {
          const found = { scheduleId: row.schedule_id, body: row.body };
          checkDigest(row, partsOf(found), `Schedule ${row.schedule_id}`);
          return found;
        });
      }),
    put: (row) =>
      database.write(async (writer) => {
        const { scheduleId, body } = row;
        const digest = digestOf(partsOf(row));
        await writer
          .insertInto("schedules")
          .values({ schedule_id: scheduleId, body, digest })
          .onConflict((conflict) => conflict.column("schedule_id").doUpdateSet({ body, digest }))
          .execute();
      }),
    remove: (scheduleId) =>
      database.write(async (writer) => {
        const query = writer.deleteFrom("schedules").where("schedule_id", "=", scheduleId).returning("schedule_id");
        return (await query.execute()).length > 0;
      }),
  };
}

export async function checkSchedules(reader: Reader): Promise<string[]> {
  const rows = await reader.selectFrom("schedules").selectAll().execute();
  const damaged = rows.filter((row) => row.digest !== digestOf([row.schedule_id, row.body]));
  return damaged.map((row) => `schedule ${row.schedule_id}`);
}

function partsOf({ scheduleId, body }: ScheduleRow) {
  return [scheduleId, body];
}
