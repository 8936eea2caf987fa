/**
 * Makes the pictures of docs/editors: `node test/editors/pictures/run.ts [--check] [NAME…]`. The editors are real, set up by
 * `nexus setup … --write` and a yes, and talk to the real language server; where a model speaks it is scripted. Needs Neovim,
 * Emacs with eglot, and what `npm run test:vscode` installs. With --check nothing is written: it is a test that what
 * `nexus setup` writes works. The last line says how many were made.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { picturesOfEmacs } from "./emacs.ts";
import { picturesOfNeovim } from "./neovim.ts";
import { createStage, type Stage } from "./stage.ts";

const PICTURES: Readonly<Record<string, (stage: Stage) => Promise<Record<string, string>>>> = {
  neovim: picturesOfNeovim,
  emacs: picturesOfEmacs,
};

const folder = fileURLToPath(new URL("../../../docs/images/editors/", import.meta.url));
const isCheck = process.argv.includes("--check");
const wanted = process.argv.slice(2).filter((word) => word !== "--check");
let [made, failed] = [0, 0];
mkdirSync(folder, { recursive: true });
for (const [name, pictures] of Object.entries(PICTURES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const stage = await createStage();
  try {
    for (const [file, svg] of Object.entries(await pictures(stage))) {
      if (!isCheck) writeFileSync(`${folder}${file}.svg`, svg);
      made += 1;
    }
  } catch (error) {
    failed += 1;
    process.stderr.write(`${name}: ${error instanceof Error ? error.message : String(error)}\n`);
  } finally {
    await stage.close();
  }
}
process.stdout.write(`${made} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
