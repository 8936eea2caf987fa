/** Which files of a workspace are read for the values in them. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { learnSecretFiles } from "../../../daemon/security/secrets/secret-files.ts";
import { temporaryHome } from "../../support/store.ts";

async function learned(folder: string): Promise<string[]> {
  const texts: string[] = [];
  await learnSecretFiles(folder, (text) => texts.push(text));
  return texts.toSorted();
}

it("learns from files of secrets at the root, and from no other", async () => {
  const folder = temporaryHome();
  for (const [name, text] of [
    [".env", "A=1"],
    [".env.local", "B=2"],
    ["readme.md", "C=3"],
    [".env.large", "x".repeat(65 * 1024)],
  ] as const)
    writeFileSync(join(folder, name), text);
  mkdirSync(join(folder, ".env.folder"));
  mkdirSync(join(folder, "below"));
  writeFileSync(join(folder, "below", ".env"), "D=4");
  if (process.platform !== "win32") symlinkSync(join(folder, "below", ".env"), join(folder, ".env.link"));
  expect(await learned(folder)).toEqual(["A=1", "B=2"]);
});

it("stops after twenty, and says nothing of a folder that is not there", async () => {
  const folder = temporaryHome();
  for (let number = 0; number < 25; number++) writeFileSync(join(folder, `.env.${number}`), `N=${number}`);
  expect(await learned(folder)).toHaveLength(20);
  expect(await learned(join(folder, "missing"))).toEqual([]);
});
