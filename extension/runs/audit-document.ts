/** “Show Audit Log of Run”: its decisions as a read-only document. */
import * as vscode from "vscode";
import type { AuditListed } from "../../protocol/audit.ts";
import type { Daemon } from "../daemon/daemon.ts";
import { auditText } from "./audit-text.ts";
import { shortPrompt } from "./run-facts.ts";

export const AUDIT_SCHEME = "nexus-audit";
const MOST_RECORDS = 1000;
/** A page may be empty while the run's decisions lie further back. */
const MOST_PAGES = 30;

export async function showAudit(runId: string): Promise<void> {
  // The time makes it another document each time: what the editor keeps of one is never read again.
  const query = new URLSearchParams({ runId, at: String(Date.now()) }).toString();
  const uri = vscode.Uri.from({ scheme: AUDIT_SCHEME, path: "/Decisions of a run", query });
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
}

export async function auditDocument(daemon: Daemon, uri: vscode.Uri): Promise<string> {
  const runId = new URLSearchParams(uri.query).get("runId") ?? "";
  const { run } = await daemon.request("run/show", { runId });
  const records: AuditListed[] = [];
  let damaged = 0;
  let before: number | null = null;
  for (let page = 0; page < MOST_PAGES && records.length < MOST_RECORDS; page++) {
    const place: { before?: number } = before === null ? {} : { before };
    const found = await daemon.request("audit/list", { runId, limit: 200, ...place });
    records.push(...found.records);
    damaged += found.damaged;
    before = found.nextBefore;
    if (before === null) break;
  }
  return auditText(shortPrompt(run.prompt, 120), { records, damaged, isCut: before !== null });
}
