/** The editor's own trust in a folder is a person's decision: the daemon is told of it before the first run. */
import * as vscode from "vscode";
import type { Nexus } from "../nexus.ts";

const MOST_NAMES = 10;

/**
 * What `run/start` is told about trust; undefined when the user wants no run after all. The editor starts nothing in a folder
 * that it does not trust itself, so what is left to ask is a folder whose configuration has changed since.
 */
export async function trustForRun(nexus: Nexus, workspace: string): Promise<{ trusted?: boolean } | undefined> {
  const found = await nexus.daemon.request("workspace/trust", { workspace });
  switch (found.state) {
    case "trusted":
      return {};
    case "untrusted":
      return { trusted: false };
    case "undecided":
      await nexus.daemon.request("workspace/setTrust", { workspace, trusted: true, hash: found.hash });
      return {};
    case "changed":
      return askAgain(nexus, workspace, found);
  }
}

async function askAgain(
  nexus: Nexus,
  workspace: string,
  { changed, hash }: { readonly changed: readonly string[]; readonly hash: string },
): Promise<{ trusted?: boolean } | undefined> {
  const more = changed.length > MOST_NAMES ? ` and ${changed.length - MOST_NAMES} more` : "";
  const detail = `${changed.slice(0, MOST_NAMES).join("\n")}${more}\n\nWithout trust its tests and commands do not run, and its rules are not obeyed.`;
  const chosen = await vscode.window.showWarningMessage(
    "What this folder configures or has run has changed since you trusted it.",
    { modal: true, detail },
    "Trust Again",
    "Run Untrusted",
  );
  if (chosen === undefined) return undefined;
  if (chosen === "Run Untrusted") return { trusted: false };
  await nexus.daemon.request("workspace/setTrust", { workspace, trusted: true, hash });
  return {};
}
