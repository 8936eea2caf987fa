/** Whatever is in a workspace or has become of the index: indexing goes on, what is left out is told. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Answer } from "../../../protocol/index.ts";
import { plainFolder, repository, temporaryFolder, type Workspace } from "../sources/workspace.ts";
import { serviceOf } from "./service.ts";

const shared = serviceOf({ home: mkdtempSync(join(tmpdir(), "nexus-bad-input-")), ends: afterAll });
afterAll(() => rmSync(shared.home, { recursive: true, force: true, maxRetries: 3 }));

const skippedOf = ({ skipped }: Pick<Answer<"memory/status">, "skipped">) =>
  Object.fromEntries(skipped.map(({ reason, count }) => [reason, count]));

function both(): [string, Workspace][] {
  return [
    ["with git", repository()],
    ["without git", plainFolder()],
  ];
}

describe("files that are no plain text", () => {
  it.each(["with git", "without git"])("are decoded, or left out and counted (%s)", async (kind) => {
    const files = new Map(both()).get(kind) as Workspace;
    files.write("utf16.ts", Buffer.from("\ufeffexport const wideWord = 1;\n", "utf16le"));
    files.write("bom.ts", "\ufeffexport const markedWord = 1;\n");
    files.write("crlf.ts", "export const returnWord = 1;\r\nexport function two() {}\r\n");
    files.write("latin.ts", Buffer.from("// \xe4\xf6\xfc\nexport const latinWord = 1;\n", "latin1"));
    files.write("invalid.ts", Buffer.from([...Buffer.from("const brokenWord = '"), 0xc3, 0x28, 0xff, 0x27, 0x3b, 10]));
    files.write("nul.ts", "export const nulWord = 1;\0\n");
    files.write("empty.ts", "");
    files.write("broken.ts", "export function wholeWord() {}\n\nexport function half( {\n");
    files.write("endless.ts", "(\n".repeat(20_000));
    files.write("quiet.go", "`\n".repeat(5001));
    const answer = await shared.index(files.root);
    expect(skippedOf(answer)).toEqual({ binary: 1 });
    expect(answer.files).toBe(9);
    for (const [word, path] of [
      ["wideWord", "utf16.ts"],
      ["markedWord", "bom.ts"],
      ["returnWord", "crlf.ts"],
      ["latinWord", "latin.ts"],
      ["wholeWord", "broken.ts"],
    ] as const) {
      const { results } = await shared.search(files.root, word, { mode: "symbol" });
      expect(results[0]).toMatchObject({ path, symbol: word });
    }
    expect(await shared.holding(files.root, "brokenWord")).toEqual(["invalid.ts"]);
    expect(await shared.holding(files.root, "nulWord")).toEqual([]);
  });
});

it("leaves out files that are too large, without reading them", async () => {
  const files = plainFolder();
  files.write("small.ts", "export const smallWord = 1;\n");
  files.write("huge.ts", "");
  truncateSync(join(files.root, "huge.ts"), 10 * 1024 ** 3);
  files.write("line.json", "");
  truncateSync(join(files.root, "line.json"), 200 * 1024 ** 2);
  const answer = await shared.index(files.root);
  expect(answer.files).toBe(1);
  expect(skippedOf(answer)).toEqual({ oversized: 2 });
});

it("goes down a thousand folders, and in no circle of links", async () => {
  const files = plainFolder();
  const deep = join(files.root, ..."d".repeat(1000));
  mkdirSync(deep, { recursive: true });
  writeFileSync(join(deep, "bottom.ts"), "export const bottomWord = 1;\n");
  symlinkSync("..", join(files.root, "d", "up"));
  symlinkSync("loop", join(files.root, "loop"));
  symlinkSync("/etc/hostname", join(files.root, "outside.ts"));
  const answer = await shared.index(files.root);
  expect(answer.files).toBe(1);
  const { results } = await shared.search(files.root, "bottomWord", { mode: "symbol" });
  expect(results.map(({ path }) => path.length)).toEqual(["d/".length * 1000 + "bottom.ts".length]);
});

it.each(["with git", "without git"])("takes any name (%s)", async (kind) => {
  const files = new Map(both()).get(kind) as Workspace;
  const names = ["new\nline.ts", "tab\t.ts", 'quote".ts', "ünïcödé 日本.ts", "-rf.ts", "a:b.ts", "back\\slash.ts"];
  for (const name of names) files.write(name, "export const namedWord = 1;\n");
  expect((await shared.index(files.root)).files).toBe(names.length);
  expect((await shared.holding(files.root, "namedWord")).sort()).toEqual(names.toSorted());
});

it("goes on when files come and go while it reads them", async () => {
  const files = repository();
  for (let number = 0; number < 200; number++)
    files.write(`src/${number}.ts`, `export const steady${number} = 1;\n${"// more\n".repeat(100)}`);
  let isDone = false;
  const storm = (async () => {
    for (let round = 0; !isDone; round++) {
      files.write(`src/${round % 200}.ts`, `export const changed${round} = 1;\n`);
      files.remove(`src/${(round * 7) % 200}.ts`);
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  await shared.index(files.root);
  isDone = true;
  await storm;
  files.write("src/last.ts", "export const afterStorm = 1;\n");
  const { files: count } = await shared.index(files.root);
  expect(count).toBe(readdirSync(join(files.root, "src")).length);
  expect(await shared.holding(files.root, "afterStorm")).toEqual(["src/last.ts"]);
});

it("says that a folder is none", async () => {
  await expect(shared.index(join(temporaryFolder(), "missing"))).rejects.toMatchObject({
    value: { code: expect.stringMatching(/^memory\./) },
  });
});

describe("an index that was damaged", () => {
  async function damaged(spoil: (file: string) => void) {
    const files = repository();
    for (let number = 0; number < 20; number++) files.write(`${number}.ts`, `export const word${number} = 1;\n`);
    const home = temporaryFolder();
    const first = serviceOf({ home });
    await first.index(files.root);
    await first.service.close();
    const memory = join(home, "memory");
    const folder = readdirSync(memory).find((name) => !name.includes("."));
    spoil(join(memory, folder ?? "", "index.db"));
    const second = serviceOf({ home });
    const { results, degraded } = await second.search(files.root, "word7", { mode: "symbol" });
    expect(results[0]).toMatchObject({ path: "7.ts" });
    return degraded.join("\n");
  }

  it("is made anew, and told with the answer, when its pages are spoiled", async () => {
    const degraded = await damaged((file) => {
      const bytes = readFileSync(file);
      for (let at = 4096; at < bytes.length; at += 4096) bytes.fill(0xa5, at, at + 200);
      writeFileSync(file, bytes);
    });
    expect(degraded).toContain("The old index was made anew");
  });

  it("is made anew when it is gone", async () => {
    expect(await damaged((file) => rmSync(file))).toBe("");
  });

  it("is made anew when a folder stands in its place", async () => {
    const degraded = await damaged((file) => {
      rmSync(file);
      mkdirSync(file);
      writeFileSync(join(file, "x"), "");
    });
    expect(degraded).toContain("The old index was made anew");
  });
});
