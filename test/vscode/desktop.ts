/**
 * The checks inside the host, in a desktop VS Code: `VSCODE_PATH=/path/to/code node test/vscode/desktop.ts`. What a
 * person sees is tested by run.ts; this shows that the extension loads and registers in that editor too.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTests } from "@vscode/test-electron";
import { linkExtension } from "./extension-folder.ts";
import { IN_HOST, judgeHostResult } from "./host-checks.ts";
import { createReport } from "./report.ts";

const vscodeExecutablePath = process.env["VSCODE_PATH"];
if (vscodeExecutablePath === undefined) {
  process.stderr.write("VSCODE_PATH is missing: the path of a VS Code to test in\n");
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), "nexus-desktop-"));
const resultFile = join(folder, "result.json");
const report = createReport();
await report.scenario("activates fast and loads little", async () => {
  await runTests({
    vscodeExecutablePath,
    extensionDevelopmentPath: linkExtension(join(folder, "extension")),
    extensionTestsPath: IN_HOST,
    extensionTestsEnv: { NEXUS_HOME: join(folder, "home"), NEXUS_VSCODE_RESULT: resultFile, NEXUS_VSCODE_END: "1" },
    launchArgs: [
      folder,
      "--disable-extensions",
      "--disable-workspace-trust",
      `--user-data-dir=${join(folder, "data")}`,
      `--extensions-dir=${join(folder, "extensions")}`,
    ],
  });
  judgeHostResult(resultFile, report);
});
rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
process.exitCode = report.end() ? 0 : 1;
