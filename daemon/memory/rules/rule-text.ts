/** The text of a rules file: read inside the fence only, bounded, without what a person would not see. */
import { listFolder, readSlice, stat } from "../../host/files.ts";
import { resolveInside } from "../../security/paths/fence.ts";
import { isSecretPath } from "../../security/paths/path-classes.ts";
import { hiddenCount, withoutHidden } from "../hidden-characters.ts";

const RULE_CHARACTERS = 8000;
/** UTF-8 needs at most three bytes for what counts as one character. */
const MAX_BYTES = RULE_CHARACTERS * 3;

export interface RuleText {
  readonly text: string;
  /** The file that the path really is, links resolved. */
  readonly file: string;
  /** What a person should know of it. */
  readonly problems: readonly string[];
}

/** Undefined where nothing is; a problem where something is that must not or cannot be read. */
export async function readRuleText(
  root: string,
  path: string,
): Promise<RuleText | { readonly problem: string } | undefined> {
  const at = await resolveInside(root, path);
  if (!at.ok) return { problem: at.error.message };
  const { absolute, relative } = at.value;
  if (isSecretPath(relative)) return { problem: "It may hold secrets, so it is not read." };
  try {
    const stats = await stat(absolute);
    if (stats === undefined) return undefined;
    if (!stats.isFile()) return { problem: "It is no regular file." };
    const bytes = await readSlice(absolute, 0, MAX_BYTES);
    if (bytes.includes(0)) return { problem: "It is no UTF-8 text." };
    return cleanText(bytes.toString("utf8"), relative, stats.size > bytes.length);
  } catch (error) {
    return { problem: `It cannot be read (${error instanceof Error ? error.message.split(",")[0] : "error"}).` };
  }
}

function cleanText(raw: string, file: string, isLonger: boolean): RuleText {
  const hidden = hiddenCount(raw);
  const seen = withoutHidden(raw);
  const isCut = isLonger || seen.length > RULE_CHARACTERS;
  const problems = [
    hidden === 0
      ? ""
      : `It holds ${hidden} characters that nobody sees; they were left out. Look at it in an editor that shows them.`,
    isCut ? `Only its first ${RULE_CHARACTERS} characters are used.` : "",
  ];
  return { text: seen.slice(0, RULE_CHARACTERS).trim(), file, problems: problems.filter((problem) => problem !== "") };
}

const MAX_ENTRIES = 5000;

/** Names in a folder of the workspace, sorted; a folder's own ends with a slash. Empty where it is not, or leads out. */
export async function namesIn(root: string, folder: string): Promise<string[]> {
  const at = await resolveInside(root, folder);
  if (!at.ok) return [];
  const entries = await listFolder(at.value.absolute).catch(() => []);
  const names = entries.slice(0, MAX_ENTRIES).map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name));
  return names.sort();
}
