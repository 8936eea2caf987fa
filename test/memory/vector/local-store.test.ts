import { execFile } from "node:child_process";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { openFaissStore } from "../../../daemon/memory/vector/faiss-store.ts";
import { openUsearchStore } from "../../../daemon/memory/vector/usearch-store.ts";
import type { VectorStore } from "../../../daemon/memory/vector/vector-store.ts";
import { scriptedFaiss } from "../../support/scripted-faiss.ts";
import { CONFORMANCE, clusteredVectors, must, type StorePlace } from "./conformance.ts";

const DIMENSIONS = 16;
const opened: VectorStore[] = [];
const folders: string[] = [];

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "nexus-vectors-"));
  folders.push(folder);
  return folder;
}

async function open(folder: string, exactUpTo?: number, model = "m", dimensions = DIMENSIONS): Promise<VectorStore> {
  const limit = exactUpTo === undefined ? {} : { exactUpTo };
  const store = must(await openUsearchStore({ folder, model, dimensions, ...limit }));
  opened.push(store);
  return store;
}

function placeFor(exactUpTo?: number): StorePlace {
  const folder = newFolder();
  return {
    open: (model = "m", dimensions = DIMENSIONS) =>
      open(join(folder, `${Buffer.from(model).toString("hex")}-${dimensions}`), exactUpTo, model, dimensions),
  };
}

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

describe("usearch, exact", () => {
  it.each(CONFORMANCE)("%s", (_, check) => check(placeFor()));
});

describe("usearch, with a graph from the first vector on", () => {
  it.each(CONFORMANCE)("%s", (_, check) => check(placeFor(0)));
});

describe("faiss", () => {
  const place = (load?: () => typeof scriptedFaiss): StorePlace => {
    const folder = newFolder();
    return {
      async open(model = "m", dimensions = DIMENSIONS) {
        const options = {
          folder: join(folder, `${Buffer.from(model).toString("hex")}-${dimensions}`),
          model,
          dimensions,
        };
        const store = must(await openFaissStore(options, load));
        opened.push(store);
        return store;
      },
    };
  };

  it.each(CONFORMANCE)("by its documentation: %s", (_, check) => check(place(() => scriptedFaiss)));

  it("says so when it is not installed, and meets the suite when it is", async () => {
    const probe = await openFaissStore({ folder: join(newFolder(), "probe"), model: "m", dimensions: DIMENSIONS });
    if (probe.ok) for (const [, check] of CONFORMANCE) await check(place());
    else
      expect(probe.error).toMatchObject({
        code: "vectors.unavailable",
        message: expect.stringContaining("faiss-node"),
      });
  });
});

const vectors = clusteredVectors(400, DIMENSIONS, 20);
const keys = vectors.map((_, index) => `k${index}`);
const query = vectors[0] ?? new Float32Array(DIMENSIONS);

async function filled(folder: string, exactUpTo: number): Promise<VectorStore> {
  const store = await open(folder, exactUpTo);
  must(await store.add(keys, vectors));
  must(await store.save());
  return store;
}

describe("on disk", () => {
  it("grows from exact search to a graph, and finds the same", async () => {
    const store = await open(newFolder(), 300);
    must(await store.add(keys.slice(0, 300), vectors.slice(0, 300)));
    expect(must(await store.stats()).search).toBe("exact");
    must(await store.add(keys.slice(300), vectors.slice(300)));
    must(await store.save());
    expect(must(await store.stats())).toMatchObject({ search: "graph", building: false });
    expect(must(await store.search(query, 1))[0]).toMatchObject({ key: "k0" });
  });

  it("opens the saved graph, and changes it", async () => {
    const folder = newFolder();
    await (await filled(folder, 100)).close();
    const store = await open(folder, 100);
    expect(must(await store.stats())).toMatchObject({ search: "graph", building: false, problems: [] });
    expect(must(await store.search(query, 1))[0]?.key).toBe("k0");
    must(await store.remove(["k0"]));
    must(await store.add(["new"], [query]));
    expect(must(await store.search(query, 1))[0]?.key).toBe("new");
    await store.close();
    const again = await open(folder, 100);
    expect(must(await again.stats())).toMatchObject({ search: "graph", building: false, problems: [] });
    expect(must(await again.search(query, 1))[0]?.key).toBe("new");
    expect(readdirSync(folder).filter((name) => name.endsWith(".index"))).toHaveLength(1);
  });

  it("adds what came after the graph was saved", async () => {
    const folder = newFolder();
    const store = await filled(folder, 100);
    must(await store.remove(["k0"]));
    must(await store.add(["late"], [query]));
    // Opened without a close before, as after a kill.
    const again = await open(folder, 100);
    expect(must(await again.search(query, 1))[0]?.key).toBe("late");
    expect(must(await again.count())).toBe(400);
  });

  it.each([
    ["rotten", (path: string) => writeFileSync(path, flipped(readFileSync(path)))],
    ["cut", (path: string) => truncateSync(path, 500)],
    ["gone", (path: string) => rmSync(path)],
  ])("builds a graph anew that is %s, and says so", async (_, damage) => {
    const folder = newFolder();
    await (await filled(folder, 100)).close();
    for (const name of readdirSync(folder)) if (name.endsWith(".index")) damage(join(folder, name));
    const store = await open(folder, 100);
    expect(must(await store.search(query, 1))[0]?.key).toBe("k0");
    must(await store.save());
    const stats = must(await store.stats());
    expect(stats).toMatchObject({ search: "graph", problems: [expect.stringContaining("built anew")] });
    expect(must(await store.search(query, 1))[0]?.key).toBe("k0");
  });

  it("drops the end of a log that is not whole, and goes on", async () => {
    const folder = newFolder();
    await (await filled(folder, 1000)).close();
    const log = join(folder, "vectors.log");
    truncateSync(log, readFileSync(log).length - 7);
    const store = await open(folder, 1000);
    expect(must(await store.count())).toBe(399);
    expect(must(await store.stats()).problems).toEqual([expect.stringContaining("were not whole")]);
    must(await store.add(["k399"], [query]));
    await store.close();
    const again = await open(folder, 1000);
    expect(must(await again.count())).toBe(400);
    expect(must(await again.stats()).problems).toEqual([]);
  });

  it("keeps every whole record at whatever byte a kill cut the log", async () => {
    const folder = newFolder();
    const store = await open(folder, 1000);
    const log = join(folder, "vectors.log");
    const header = readFileSync(log).length;
    for (const [index, vector] of vectors.slice(0, 5).entries()) must(await store.add([`k${index}`], [vector]));
    await store.close();
    const whole = readFileSync(log);
    const record = (whole.length - header) / 5;
    for (let length = header; length <= whole.length; length += 3) {
      writeFileSync(log, whole.subarray(0, length));
      const cut = await open(folder, 1000);
      expect(must(await cut.count())).toBe(Math.floor((length - header) / record));
      await cut.close();
    }
  });

  it("begins anew where the log is no log, and says so", async () => {
    const folder = newFolder();
    writeFileSync(join(folder, "vectors.log"), "no log at all, but long enough to have a header");
    const store = await open(folder);
    expect(must(await store.stats()).problems).toEqual([expect.stringContaining("begun anew")]);
    must(await store.add(["a"], [query]));
    expect(must(await store.count())).toBe(1);
  });

  it("writes a log anew that is mostly dead", async () => {
    const folder = newFolder();
    const store = await open(folder);
    for (let round = 0; round < 5; round++) must(await store.add(keys, vectors));
    await store.close();
    const before = readFileSync(join(folder, "vectors.log")).length;
    const again = await open(folder);
    expect(readFileSync(join(folder, "vectors.log")).length).toBeLessThan(before / 4);
    expect(must(await again.count())).toBe(400);
    expect(must(await again.search(query, 1))[0]?.key).toBe("k0");
  });

  it("says why when its folder cannot be made", async () => {
    const folder = newFolder();
    appendFileSync(join(folder, "file"), "");
    const result = await openUsearchStore({ folder: join(folder, "file", "below"), model: "m", dimensions: 4 });
    expect(result).toMatchObject({ ok: false, error: { code: "vectors.unavailable" } });
  });

  it("loses nothing that was acknowledged when the process is killed while it saves", async () => {
    const folder = newFolder();
    const script = fileURLToPath(new URL("./saves-until-killed.ts", import.meta.url));
    for (let round = 0; round < 3; round++) {
      const acknowledged = await killWhileSaving(script, folder, 3 + round);
      const store = await open(folder, 50, "m", DIMENSIONS);
      expect(must(await store.count())).toBeGreaterThanOrEqual(acknowledged);
      expect(must(await store.search(query, 1))).toHaveLength(1);
      await store.close();
    }
  });
});

function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy[bytes.length >> 1] = ((copy[bytes.length >> 1] ?? 0) + 1) & 0xff;
  return copy;
}

/** Kills the script after it has acknowledged so many batches; answers with the vectors that it says are stored. */
function killWhileSaving(script: string, folder: string, batches: number): Promise<number> {
  return new Promise((resolve) => {
    let stored = 0;
    let seen = 0;
    const child = execFile(process.execPath, [script, folder], () => resolve(stored));
    child.stdout?.on("data", (text: string) => {
      for (const line of text.split("\n").filter((line) => line !== "")) {
        stored = Number(line);
        seen += 1;
      }
      if (seen >= batches) child.kill("SIGKILL");
    });
  });
}
