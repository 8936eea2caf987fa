/** The files of a working tree that say which others are left out, or converted when git checks them out. */
import { readFileOnce } from "../../host/source-files.ts";
import { blobOid } from "./blob-oid.ts";
import { createIgnoreRules, type IgnoreRules } from "./ignore-rules.ts";

export interface RuleFiles {
  readonly ignores: IgnoreRules;
  /** True when some file may be converted by a filter, an encoding or an ident line. */
  readonly mayConvert: boolean;
  /** Another text whenever one of the files changed. */
  readonly stamp: string;
}

const MAX_RULE_BYTES = 1024 * 1024;
const CONVERTS = /filter|ident|working-tree-encoding/;

export function isRulePath(path: string): boolean {
  return isNamed(path, ".nexusignore") || isNamed(path, ".gitattributes");
}

/** `paths` are the workspace's rule files; `infoAttributes` is git's own file of attributes. */
export function readRuleFiles(root: string, paths: readonly string[], infoAttributes: string): RuleFiles {
  const ignores = createIgnoreRules();
  // The one at the root counts even when git ignores it, as a person's own file may be.
  const ignoreFiles = new Set([".nexusignore", ...paths.filter((path) => isNamed(path, ".nexusignore"))]);
  const attributeFiles = paths.filter((path) => isNamed(path, ".gitattributes")).map((path) => `${root}/${path}`);
  const stamps: string[] = [];
  for (const path of [...ignoreFiles].sort()) {
    const text = textOf(`${root}/${path}`);
    if (text === undefined) continue;
    ignores.add(path.slice(0, -".nexusignore".length).replace(/\/$/, ""), text);
    stamps.push(path, blobOid(Buffer.from(text)));
  }
  let mayConvert = false;
  for (const path of [...attributeFiles.sort(), infoAttributes]) {
    const text = textOf(path);
    if (text === undefined || !CONVERTS.test(text)) continue;
    mayConvert = true;
    stamps.push(path, blobOid(Buffer.from(text)));
  }
  return { ignores, mayConvert, stamp: stamps.join("\n") };
}

function textOf(path: string): string | undefined {
  const reading = readFileOnce(path, MAX_RULE_BYTES);
  return reading.ok ? reading.bytes.toString("utf8") : undefined;
}

function isNamed(path: string, name: string): boolean {
  return path.endsWith(name) && (path.length === name.length || path[path.length - name.length - 1] === "/");
}
