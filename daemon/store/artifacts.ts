/** Bytes under the SHA-256 of their content: stored once, checked whenever they are read. */
import { hash } from "node:crypto";
import { nexusError } from "../../protocol/index.ts";
import type { Database, Writer } from "./database.ts";
import type { Artifacts } from "./store.ts";

export function createArtifacts(database: Database): Artifacts {
  return {
    async put(bytes) {
      const name = hash("sha256", bytes);
      const isKnown = await database.read((reader) =>
        reader.selectFrom("artifacts").select("hash").where("hash", "=", name).executeTakeFirst(),
      );
      if (isKnown === undefined) await database.write((writer) => insertArtifacts(writer, [bytes]));
      return name;
    },

    get: (name) =>
      database.read(async (reader) => {
        const row = await reader.selectFrom("artifacts").select("bytes").where("hash", "=", name).executeTakeFirst();
        if (row !== undefined && hash("sha256", row.bytes) !== name)
          throw nexusError("store.corrupt", `Artifact ${name} is not as it was written.`);
        return row?.bytes;
      }),
  };
}

export async function insertArtifacts(writer: Writer, artifacts: readonly Uint8Array[]): Promise<void> {
  for (const bytes of artifacts)
    await writer
      .insertInto("artifacts")
      .values({ hash: hash("sha256", bytes), bytes })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
}
