/** A page that a tool or a check looked at, told to whoever watches: its checks, and its pictures as artifacts. */
import { hashOf } from "../../host/files.ts";
import type { CheckedPage } from "../../tools/checked-page.ts";
import { type RunContext, record } from "../run-context.ts";

/** `key` names the call or check; told once, also after a restart. */
export async function recordPage(
  context: RunContext,
  { target, checks, screenshots }: CheckedPage,
  key: string,
): Promise<void> {
  const told = checks.map(({ detail, ...check }) => ({ ...check, detail: context.redact(detail).slice(0, 2000) }));
  const pictures = screenshots.map(({ png, ...picture }) => ({ ...picture, artifact: hashOf(png) }));
  const body = { type: "design.checked" as const, target, checks: told, screenshots: pictures };
  await record(
    context,
    body,
    `${key}/page/${target}`,
    screenshots.map(({ png }) => png),
  );
}
