/** Rules of .gitignore files, nested ones included: the nearest file that speaks of a path decides. */
import ignore, { type Ignore } from "ignore";

export interface IgnoreRules {
  /** `folder` is "" for the root, else without a slash at the end. */
  add(folder: string, text: string): void;
  /** `path` is relative to the root; what lies in an ignored folder is ignored whatever else is said. */
  ignores(path: string, isFolder: boolean): boolean;
  readonly isEmpty: boolean;
}

interface RuleFile {
  readonly folder: string;
  readonly rules: Ignore;
}

/** A rule with more would cost a regular expression too long on a hostile name. */
const MAX_STARS = 8;
const MAX_RULE_LENGTH = 1000;

export function createIgnoreRules(): IgnoreRules {
  const files = new Map<string, Ignore>();
  const folders = new Map<string, boolean>();
  const chains = new Map<string, readonly RuleFile[]>();

  const ignoresFolder = (path: string): boolean => {
    const known = folders.get(path);
    if (known !== undefined) return known;
    const answer = decide(path, true);
    folders.set(path, answer);
    return answer;
  };

  const decide = (path: string, isFolder: boolean): boolean => {
    const parent = parentOf(path);
    if (parent !== "" && ignoresFolder(parent)) return true;
    for (const { folder, rules } of filesAbove(parent)) {
      const inner = folder === "" ? path : path.slice(folder.length + 1);
      const verdict = rules.test(isFolder ? `${inner}/` : inner);
      if (verdict.ignored) return true;
      if (verdict.unignored) return false;
    }
    return false;
  };

  /** The nearest first. */
  const filesAbove = (folder: string): readonly RuleFile[] => {
    const known = chains.get(folder);
    if (known !== undefined) return known;
    const above = folder === "" ? [] : filesAbove(parentOf(folder));
    const rules = files.get(folder);
    const chain = rules === undefined ? above : [{ folder, rules }, ...above];
    chains.set(folder, chain);
    return chain;
  };

  return {
    add(folder, text) {
      const rules = text
        .replace(/^\ufeff/, "")
        .split(/\r?\n/)
        .filter(isCheap);
      const known = files.get(folder) ?? ignore({ ignorecase: false });
      files.set(folder, known.add(rules));
      folders.clear();
      chains.clear();
    },
    ignores: (path, isFolder) => files.size > 0 && (isFolder ? ignoresFolder(path) : decide(path, false)),
    get isEmpty() {
      return files.size === 0;
    },
  };
}

function isCheap(rule: string): boolean {
  return rule.length <= MAX_RULE_LENGTH && (rule.match(/\*+/g)?.length ?? 0) <= MAX_STARS;
}

function parentOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "" : path.slice(0, slash);
}
