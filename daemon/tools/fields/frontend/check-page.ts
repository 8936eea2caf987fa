import { join } from "node:path";
import * as z from "zod/mini";
import { failure } from "../../../../protocol/index.ts";
import { createPageBrowser, type PageBrowser } from "../../../host/browser.ts";
import { createExclusively } from "../../../host/files.ts";
import { makeScratch } from "../../../host/scratch.ts";
import { asData } from "../../../memory/context/cut.ts";
import type { DirectTool, ToolContext, ToolOutcome } from "../../tool.ts";
import { withServer } from "../backend/server.ts";
import { isSevere } from "./axe.ts";
import { lookAtFile, lookThroughDoor, type PageReport, type Reported } from "./look.ts";

const input = z.object({
  page: z.string().check(z.describe("HTML file; with server: path from /")),
  server: z.optional(
    z.object({
      command: z.string(),
      port: z.int().check(z.gte(1024), z.lte(65_535)),
    }),
  ),
  width: z.optional(z.int().check(z.gte(240), z.lte(3840))),
});

type Input = z.output<typeof input>;

/** A page in a browser of this machine that reaches nothing but the copy's files, or the project's own server. */
export const checkPage: DirectTool<typeof input> = {
  name: "check_page",
  description:
    "Opens a page in a closed-off browser: accessibility (axe), console errors, missing files, a screenshot.",
  input,
  effect: "unknown",
  timeoutMs: 150_000,
  maxOutput: 12_000,
  access: ({ page, server }) =>
    server === undefined ? { kind: "read", paths: [page] } : { kind: "command", command: server.command, cwd: "." },
  probes: [{ kind: "read", paths: ["."] }],
  async execute(asked, context) {
    const browser = createPageBrowser();
    const report = await reportOf(asked, context, browser).finally(browser.close);
    if (!report.ok) return failure("tool.failed", report.problem);
    return told(asked.page, report.report);
  },
};

async function reportOf(
  { page, server, width = 1280 }: Input,
  context: ToolContext,
  browser: PageBrowser,
): Promise<Reported> {
  const { root, signal } = context;
  const frame = { browser, signal, width };
  if (server === undefined) return lookAtFile(page, { root }, frame);
  if (!page.startsWith("/")) return { ok: false, reason: "failed", problem: "a page of a server is a path from /" };
  let report: Reported = { ok: false, reason: "failed", problem: "it was not opened" };
  const served = await withServer(context, server, async (door) => {
    report = await lookThroughDoor(page, door, server.port, frame);
  });
  return served.ok ? report : { ok: false, reason: "failed", problem: served.error.message };
}

async function told(page: string, { violations, seen }: PageReport): Promise<ToolOutcome> {
  const severe = violations.filter(isSevere);
  const lines = [...severe, ...violations.filter((one) => !isSevere(one))].map(
    ({ impact, id, help, target, html }) => `${impact} ${id}: ${help}\n  ${target}\n  ${html}`,
  );
  const errors = seen.errors.map(({ kind, text }) => `${kind}: ${text}`);
  const parts = [
    `Title: ${seen.title || "(none)"}`,
    `axe: ${violations.length} violations, ${severe.length} of them serious\n${lines.join("\n")}`.trimEnd(),
    `Errors: ${errors.length === 0 ? "none" : `\n${errors.join("\n")}`}`,
    ...(seen.missing.length === 0 ? [] : [`Not there: ${seen.missing.join(", ")}`]),
    ...(seen.refused.length === 0 ? [] : [`Refused, because it is elsewhere: ${seen.refused.join(", ")}`]),
  ];
  const note = seen.sandboxed ? "" : "\nThis machine did not let the browser build a sandbox of its own.";
  const output = `${asData("page", parts.join("\n"))}\nScreenshot, for people: ${await kept(seen.screenshot)}${note}`;
  return { ok: true, output, summary: `opened ${page}: ${severe.length} serious violations, ${errors.length} errors` };
}

let folder: Promise<string> | undefined;
let count = 0;

/** Until the daemon ends. */
async function kept(screenshot: Uint8Array): Promise<string> {
  folder ??= makeScratch("process");
  const path = join(await folder, `page-${++count}.png`);
  await createExclusively(path, screenshot, 0o600);
  return path;
}
