/** Adds and saves until it is killed; says after each addition how many vectors are stored. */
import { openUsearchStore } from "../../../daemon/memory/vector/usearch-store.ts";
import { clusteredVectors, must } from "./conformance.ts";

const folder = process.argv[2] ?? "";
const store = must(await openUsearchStore({ folder, model: "m", dimensions: 16, exactUpTo: 50 }));
const first = must(await store.count());
for (let batch = 0; ; batch++) {
  const from = first + batch * 40;
  const vectors = clusteredVectors(40, 16, 5, from + 1);
  must(
    await store.add(
      vectors.map((_, index) => `b${from + index}`),
      vectors,
    ),
  );
  const stored = must(await store.count());
  process.stdout.write(`${stored}\n`);
  must(await store.save());
}
