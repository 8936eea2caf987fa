/** `node test/editors/run.ts [Neovim|Emacs]`: editors from the system's packages drive the language server; ends with “N passed, N failed”. */
import type { Check } from "./check.ts";
import { checksOfEmacs, hasEmacs } from "./emacs/emacs.ts";
import { checksOfNeovim, hasNeovim } from "./neovim/neovim.ts";

const EDITORS: readonly { readonly name: string; has(): boolean; checks(): Promise<Check[]> }[] = [
  { name: "Neovim", has: hasNeovim, checks: checksOfNeovim },
  { name: "Emacs", has: hasEmacs, checks: checksOfEmacs },
];

const [, , only] = process.argv;
let passed = 0;
let failed = 0;
for (const { name, has, checks } of EDITORS) {
  if (only !== undefined && only !== name) continue;
  if (!has()) {
    // On a person's machine an editor may be missing; where everything is installed on purpose, nothing is skipped.
    if (process.env["CI"]) failed += 1;
    print(`${name} is not installed: ${process.env["CI"] ? "✗" : "skipped"}`);
    continue;
  }
  for (const { name: what, ok, problem } of await checks()) {
    if (ok) passed += 1;
    else failed += 1;
    print(`${ok ? "✓" : "✗"} ${name} ${what}${ok ? "" : `\n${problem}`}`);
  }
}
print(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
