import { dirname, join, posix } from "node:path";
import * as z from "zod/mini";
import { failure } from "../../../protocol/index.ts";
import { makeFolder, writeAtomically } from "../../host/files.ts";
import { asData } from "../../memory/context/cut.ts";
import { resolveInside } from "../../security/paths/fence.ts";
import type { CheckedPage } from "../../tools/checked-page.ts";
import type { DirectTool, ToolContext } from "../../tools/tool.ts";
import { checkDesign, type DesignChecked, summaryOf } from "./check-design.ts";
import { writeTrace } from "./keep-trace.ts";

const input = z.object({});

/** What was built of the UI design, in a browser of this machine; its pictures are kept in docs/ui_design/screenshots/. */
export const checkDesignTool: DirectTool<typeof input> = {
  name: "check_design",
  description:
    "Builds the UI design's components, stories and page, and looks at each in a browser: errors, axe, keyboard, contrast, 360 and 1280 pixels.",
  input,
  effect: "idempotent",
  timeoutMs: 10 * 60_000,
  maxOutput: 16_000,
  access: () => ({ kind: "read", paths: ["."] }),
  async execute(_, context) {
    const { root, linked, signal } = context;
    // Only a run that follows a workflow has this tool, and none is followed in a folder that is not trusted.
    const checked = await checkDesign({ root, linked, signal, trusted: true });
    if (!checked.hasDesign) return failure("tool.failed", "there is no UI design in docs/ui_design/ to check against");
    const changed: string[] = [];
    for (const page of checked.pages) {
      changed.push(...(await keepScreenshots(root, page)));
      await context.showPage?.(page);
    }
    if (checked.findings.every(({ severity }) => severity !== "error"))
      changed.push(...(await keepTraces(root, checked)));
    return { ok: true, output: asData("design", told(checked)), summary: summaryOf(checked), changed };
  },
};

/** Design and code agree: from now on a change of one of them makes the other stale. */
async function keepTraces(root: string, { previews }: DesignChecked): Promise<string[]> {
  const kept: string[] = [];
  for (const folder of previews.keys()) {
    const path = await writeTrace(join(root, folder));
    if (path !== undefined) kept.push(posix.join(folder, path));
  }
  return kept;
}

/** Which were written. */
async function keepScreenshots(root: ToolContext["root"], { screenshots }: CheckedPage): Promise<string[]> {
  const written: string[] = [];
  for (const { path, png } of screenshots) {
    const at = path === null ? undefined : await resolveInside(root, path);
    if (at?.ok !== true) continue;
    await makeFolder(dirname(at.value.absolute));
    await writeAtomically(at.value.absolute, png);
    written.push(at.value.relative);
  }
  return written;
}

function told(checked: DesignChecked): string {
  const { findings, pages, skipped } = checked;
  const wrong = findings.map(
    ({ path, line, message }) => `- ${path}${line === undefined ? "" : `:${line}`} ${message}`,
  );
  const fine = pages.map(
    ({ target, checks }) => `${target}: ${checks.map(({ name, outcome }) => `${name} ${outcome}`).join(", ")}`,
  );
  return [
    wrong.length === 0 ? "Nothing is wrong." : `To be mended:\n${wrong.join("\n")}`,
    ...fine,
    ...(skipped.length === 0 ? [] : [`Not looked at: ${skipped.join("; ")}`]),
  ].join("\n");
}
