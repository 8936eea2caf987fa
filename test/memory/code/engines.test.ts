/** Native tree-sitter and wasm give the same facts on the same files. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { createExtractor } from "../../../daemon/memory/code/extract.ts";
import { factsText } from "./facts-text.ts";
import { fixtures, grammars } from "./fixtures.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const native = await createExtractor({ folder: grammars, engines: ["native"] });
const wasm = await createExtractor({ folder: grammars, engines: ["wasm"] });
afterAll(() => {
  native.dispose();
  wasm.dispose();
});

describe("native and wasm", () => {
  for (const { name, grammar } of native.languages.all) {
    if (grammar === undefined) continue;
    const both = grammar.native && grammar.wasm !== undefined;
    it(`${both ? "both read" : "not both read"} ${name}`, async () => {
      const engines = [await native.engineOf(name), await wasm.engineOf(name)];
      if (both) expect(engines).toEqual(["native", "wasm"]);
      else expect(engines).toContain("plain");
    });
    if (!both) continue;
    it(`agree on ${name}'s sample and on every half of it`, () => {
      for (const { path, text } of fixtures.filter(({ path }) => native.languages.languageOf(path)?.name === name))
        for (const part of [text, text.slice(0, text.length / 2), text.slice(text.length / 2)]) agree(path, part);
    });
  }

  it("agree on this project's files", async () => {
    const files = listed("daemon").concat(listed("webview"), listed("docs"), ["package.json", "biome.json"]);
    const read = await agreeOnAll(files, 600_000);
    expect(read).toBeGreaterThan(100_000);
  });

  it("agree on what packages ship", async () => {
    const files = ["zod/v4/core", "ignore", "yargs", "react/cjs", "kysely/dist", "node-addon-api", "@types/node"]
      .map((name) => `node_modules/${name}`)
      .flatMap(listed);
    const read = await agreeOnAll(files, 800_000);
    expect(read).toBeGreaterThan(100_000);
  });
});

function agree(path: string, text: string): void {
  const one = native.extract(path, text);
  expect(factsText(one), path).toBe(factsText(wasm.extract(path, text)));
}

/** Gives how many characters were compared: those of the first files, at most `limit`. */
async function agreeOnAll(files: readonly string[], limit: number): Promise<number> {
  let read = 0;
  for (const path of files) {
    const name = native.languages.languageOf(path)?.name ?? "";
    if ((await native.engineOf(name)) !== "native" || (await wasm.engineOf(name)) !== "wasm") continue;
    const text = readFileSync(join(root, path), "utf8");
    if (text.length > 200_000) continue;
    read += text.length;
    if (read > limit) break;
    agree(path, text);
  }
  return read;
}

function listed(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((file) => `${folder}/${file.replaceAll("\\", "/")}`)
    .filter((path) => statSync(join(root, path)).isFile())
    .sort();
}
