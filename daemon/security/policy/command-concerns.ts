/** What is to be said of a command line, part by part. What is not understood is never allowed by itself. */
import type { CommandEffect, CommandFacts, CommandPart } from "../command/facts.ts";
import { isProtectedPath } from "../paths/path-classes.ts";
import { isWithin } from "../paths/path-names.ts";
import { isPartlyProtected } from "../paths/protected-change.ts";
import { type Concern, concern, NOTHING } from "./concern.ts";
import { gitConcern } from "./git-place.ts";
import { hardLinkConcern, insideRead, insideWrite, isStream, outsideUse } from "./path-concerns.ts";
import type { PolicySetting } from "./setting.ts";

export async function commandConcerns(facts: CommandFacts, setting: PolicySetting): Promise<Concern[]> {
  // What changes something comes first: it is what people should be told of.
  const parts = [...facts.parts].sort(
    (first, second) => Number(first.effect === "reads") - Number(second.effect === "reads"),
  );
  const concerns = parts.flatMap((part) => partConcerns(part, setting));
  const unclear = facts.unclear.length > 0 ? [unclearConcern(facts.unclear.join("; "), setting)] : [];
  if (facts.parts.length + unclear.length === 0) return [unclearConcern("it starts no command", setting)];
  const hidden = facts.parts.flatMap((part) => hiddenChange(part, facts.parts));
  const repositories = await Promise.all(facts.parts.map((part) => gitConcern(part, setting)));
  const links = await linkConcerns(facts, setting);
  return [...concerns, ...hidden, ...unclear, ...links, ...repositories.filter((one) => one !== undefined)];
}

/** A change that another command starts, in a substitution, behind a wrapper, in `sh -c`: easily overlooked by who reads. */
function hiddenChange(part: CommandPart, all: readonly CommandPart[]): Concern[] {
  if (!part.paths.some(({ use, absolute }) => use === "write" && !isStream(absolute))) return [];
  const around = all.find((one) => one !== part && one.effect !== "changes" && one.text.includes(part.text));
  if (around === undefined) return [];
  return [
    concern({
      rule: "hidden-change",
      verdict: "ask",
      reason: `“${cut(part.text)}” changes files from within “${cut(around.text)}”.`,
      subject: { kind: "command", words: part.words },
      lift: "exact",
      key: "command",
      keyLifts: true,
      agreedLifts: true,
    }),
  ];
}

/** A command writes in place, so that it reaches every name of a file. */
async function linkConcerns({ parts }: CommandFacts, setting: PolicySetting): Promise<Concern[]> {
  const uses = parts.flatMap(({ paths }) => paths).filter(({ inside }) => inside !== null);
  const files = new Map(uses.map(({ use, inside }) => [`${use} ${inside}`, { use, inside: inside ?? "" }]));
  const links = await Promise.all([...files.values()].map(({ use, inside }) => hardLinkConcern(use, inside, setting)));
  return links.filter((link) => link !== undefined);
}

/** True for a line of which everything is known, and that only looks. */
export function onlyReads({ parts, unclear }: CommandFacts): boolean {
  const isRead = (part: CommandPart) => part.effect === "reads" && part.paths.every(({ use }) => use === "read");
  return unclear.length === 0 && parts.length > 0 && parts.every(isRead);
}

export function unclearConcern(why: string, setting: PolicySetting): Concern {
  return concern({
    rule: "unclear-command",
    verdict: "ask",
    reason: `What the command would do is not clear: ${why.slice(0, 300)}.`,
    subject: NOTHING,
    key: "command",
    keyLifts: true,
    agreedLifts: true,
    actsOutside: !setting.sandboxed,
  });
}

function partConcerns(part: CommandPart, setting: PolicySetting): Concern[] {
  const place = placeConcern(part, setting);
  return [...place, effectConcern(part, setting), ...part.paths.flatMap((path) => pathConcerns(path, setting))];
}

function pathConcerns({ use, written, inside, absolute }: CommandPart["paths"][number], setting: PolicySetting) {
  if (inside === null) return outsideUse(use, written, absolute, setting);
  // A command's content is not known before, so that of a manifest may hold scripts.
  const isProtected = isProtectedPath(inside) || isPartlyProtected(inside);
  const concerns = use === "read" ? insideRead(inside) : insideWrite(inside, setting, isProtected);
  // A line has many files: each is named.
  return concerns.map((one) => ({ ...one, reason: `${cut(inside)}: ${one.reason}` }));
}

/** A command that starts somewhere else does something else. */
function placeConcern({ cwd, effect, text }: CommandPart, { root }: PolicySetting): Concern[] {
  if (cwd !== null && isWithin(root, cwd, root.includes("\\") ? "\\" : "/")) return [];
  const verdict = cwd !== null && effect === "changes" ? "deny" : "ask";
  const where = cwd === null ? "in a folder that cannot be told" : `in ${cwd}, outside of the workspace`;
  return [
    concern({ rule: "outside-folder", verdict, reason: `“${cut(text)}” would start ${where}.`, subject: NOTHING }),
  ];
}

interface Kind {
  readonly rule: string;
  readonly verdict: Concern["verdict"];
  readonly reason: string;
}

const KINDS: Readonly<Record<CommandEffect, Kind>> = {
  reads: { rule: "reading-command", verdict: "allow", reason: "It only looks at files of the workspace" },
  changes: { rule: "changing-command", verdict: "allow", reason: "It changes only the files that it names" },
  project: { rule: "project-command", verdict: "ask", reason: "It runs code of the project" },
  network: { rule: "network-command", verdict: "ask", reason: "It sends or fetches something" },
  destructive: {
    rule: "destructive-command",
    verdict: "ask",
    reason: "It can lose what no checkpoint has, or change what others see, so it is asked about each time",
  },
  forbidden: { rule: "forbidden-command", verdict: "deny", reason: "This is never run" },
  unknown: { rule: "unknown-command", verdict: "ask", reason: "Nexus does not know what it does" },
};

const NO_SANDBOX = " There is no sandbox here, so only a rule that names exactly this command allows it.";

function effectConcern(part: CommandPart, setting: PolicySetting): Concern {
  const { effect, words, why, text } = part;
  const { sandboxed, trusted } = setting;
  const names = effect === "changes" && !part.paths.some(({ use }) => use === "write");
  const { rule, verdict, reason } = KINDS[names ? "unknown" : effect];
  const isCode = effect === "project" && !trusted;
  const isOpen = effect === "project" || effect === "network" || effect === "unknown";
  const isNeedingExact = isOpen && (!sandboxed || effect === "unknown");
  const isFree = effect === "reads" || effect === "changes";
  return concern({
    rule: isCode ? "untrusted-workspace" : rule,
    verdict: isCode ? "deny" : verdict,
    reason: `${isCode ? "Nothing of a workspace that is not trusted runs" : reason}: “${cut(text)}” ${cut(why)}.${
      isNeedingExact && !sandboxed ? NO_SANDBOX : ""
    }`,
    subject: { kind: "command", words },
    // A rule names words; what stands in front of them is seen only where the whole line was agreed on.
    lift: part.sets !== undefined ? "none" : isNeedingExact ? "exact" : isOpen || isFree ? "any" : "none",
    key: "command",
    keyLifts: isOpen,
    agreedLifts: isOpen,
    mayKeep: part.sets === undefined && isOpen && effect !== "unknown" && words.every((word) => word !== null),
    actsOutside: effect === "network" || effect === "destructive" || (!sandboxed && !isFree),
  });
}

function cut(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
