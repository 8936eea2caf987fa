/** A policy over made-up commands: the first word tells what it does, so that the tests are about the policy alone. */
import type { CommandEffect, CommandFacts, CommandPart, PathUse } from "../../../daemon/security/command/facts.ts";
import { createPolicy, type Policy } from "../../../daemon/security/policy/policy.ts";
import type { PolicySetting } from "../../../daemon/security/policy/setting.ts";

export const ROOT = "/w/copy";

const EFFECTS: Readonly<Record<string, CommandEffect>> = {
  look: "reads",
  change: "changes",
  npm: "project",
  curl: "network",
  wipe: "destructive",
  tunnel: "forbidden",
  node: "unknown",
};

/**
 * `look <a >b; npm test; ?`: parts between semicolons; `<file` is read, `>file` written, `@dir` is the folder, `$x` a
 * word that only the shell knows; a part that is `?` is not understood.
 */
export async function analyse(line: string): Promise<CommandFacts> {
  const pieces = line.split(";").map((piece) => piece.trim());
  const unclear = pieces.includes("?") ? ["a question mark"] : [];
  return { parts: pieces.filter((piece) => piece !== "?" && piece !== "").map(partOf), unclear };
}

function partOf(text: string): CommandPart {
  const tokens = text.split(/\s+/);
  const paths = tokens.flatMap((token) => (/^[<>]/.test(token) ? [pathOf(token)] : []));
  const folder = tokens.find((token) => token.startsWith("@"))?.slice(1);
  const words = tokens.filter((token) => !/^[<>@]/.test(token)).map((token) => (token.startsWith("$") ? null : token));
  const effect = EFFECTS[words[0] ?? ""] ?? "unknown";
  return { text, words, effect, why: `is ${effect}`, paths, cwd: folder === "?" ? null : (folder ?? ROOT) };
}

function pathOf(token: string): PathUse {
  const written = token.slice(1);
  const use = token.startsWith("<") ? "read" : "write";
  if (written === "?") return { use, written, inside: null, absolute: null };
  if (written.startsWith("/")) return { use, written, inside: null, absolute: written };
  return { use, written, inside: written, absolute: `${ROOT}/${written}` };
}

export function settingOf(changes: Partial<PolicySetting> = {}): PolicySetting {
  return {
    root: ROOT,
    mode: "act",
    headless: false,
    trusted: true,
    sandboxed: true,
    tiers: {},
    permissions: null,
    agreedCommands: [],
    analyse,
    hidden: ["/home/me/.local/share/nexus"],
    userHome: "/home/me",
    ...changes,
  };
}

export function policyOf(changes: Partial<PolicySetting> = {}): Policy {
  return createPolicy(settingOf(changes));
}
