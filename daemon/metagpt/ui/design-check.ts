/** The check that an engineer's work on a UI must pass. */
import { type FieldCheck, type FieldContext, type FieldResult, resultOf } from "../../tools/fields/field-check.ts";
import { checkDesign, isShown, summaryOf } from "./check-design.ts";

export const designCheck: FieldCheck = {
  name: "design",
  description:
    "Components have the stories of their states; in a browser they render, pass axe, work by keyboard, narrow and wide.",
  appliesTo: (changed) => changed.some(isShown),
  run,
};

async function run(context: FieldContext): Promise<FieldResult> {
  const { root, linked, signal, changed, trusted } = context;
  const checked = await checkDesign({ root, linked, signal, changed, trusted: trusted === true });
  // Its pictures stay in the log: files of tasks side by side would meet when they are joined.
  for (const page of checked.pages) {
    const screenshots = page.screenshots.map((picture) => ({ ...picture, path: null }));
    await context.showPage?.({ ...page, screenshots });
  }
  const notes = checked.skipped.map((message) => ({ path: "", message, severity: "warning" as const }));
  return resultOf([...checked.findings, ...notes], summaryOf(checked));
}
