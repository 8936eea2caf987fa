/** TAP with the YAML blocks that `node --test --test-reporter=tap` writes; also of other programs that speak TAP. */
import { shortMessage, type TestCase, type TestCounts, type TestFailure } from "./report.ts";

const POINT = /^( *)(not ok|ok)\b(?: +\d+)?(?: +-)? *(.*)$/;
const PLAN_LIMIT = 100_000;

interface Point {
  readonly depth: number;
  readonly isOk: boolean;
  readonly name: string;
  readonly isSkipped: boolean;
  /** Keys of its YAML block. */
  readonly details: ReadonlyMap<string, string>;
}

/** Undefined when the text holds no test point. Suites are not counted, only the tests in them. */
export function parseTap(text: string): TestCounts | undefined {
  const points = testsIn(text);
  if (points.length === 0) return undefined;
  const failed = points.filter(({ isOk, isSkipped }) => !isOk && !isSkipped);
  const skipped = points.filter(({ isSkipped }) => isSkipped).length;
  return {
    passed: points.length - failed.length - skipped,
    failed: failed.length,
    skipped,
    failures: failed.map(failureOf),
  };
}

/** Every test by itself, but for suites. Only failing ones tell their file, so for a steady name none does here. */
export function tapCases(text: string): TestCase[] {
  return testsIn(text).map(({ name, isOk, isSkipped }) => ({
    name,
    status: isSkipped ? "skipped" : isOk ? "passed" : "failed",
  }));
}

function testsIn(text: string): Point[] {
  return pointsOf(text).filter(({ details }) => details.get("type") !== "suite" && !isParent(details));
}

function isParent(details: ReadonlyMap<string, string>): boolean {
  return details.get("failureType") === "subtestsFailed";
}

function pointsOf(text: string): Point[] {
  const lines = text.split(/\r?\n/);
  const points: Point[] = [];
  for (let at = 0; at < lines.length && points.length < PLAN_LIMIT; at++) {
    const match = POINT.exec(lines[at] ?? "");
    if (match === null) continue;
    const [, indent = "", verdict, rest = ""] = match;
    const directive = /(?<!\\)#\s*(SKIP|TODO)\b/i.exec(rest);
    const name = (directive === null ? rest : rest.slice(0, directive.index)).trim().replace(/\\([#\\])/g, "$1");
    points.push({
      depth: indent.length,
      isOk: verdict === "ok",
      name,
      isSkipped: directive !== null,
      details: detailsAfter(lines, at + 1, indent.length),
    });
  }
  return points;
}

/** The YAML block below a test point: one level of keys, with texts over several lines. */
function detailsAfter(lines: readonly string[], start: number, depth: number): Map<string, string> {
  const details = new Map<string, string>();
  if (lines[start]?.trim() !== "---") return details;
  const indent = " ".repeat(depth + 2);
  let key = "";
  for (let at = start + 1; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (line.trim() === "..." || !(line.startsWith(indent) || line.trim() === "")) break;
    const pair = /^([A-Za-z_]\w*): ?(.*)$/.exec(line.slice(indent.length));
    if (pair !== null) {
      key = pair[1] ?? "";
      const value = pair[2] ?? "";
      details.set(key, /^[|>][-+]?$/.test(value) ? "" : unquoted(value));
    } else if (key !== "") details.set(key, `${details.get(key)}\n${line.trim()}`.trimStart());
  }
  return details;
}

function unquoted(value: string): string {
  const inner = /^'(.*)'$/.exec(value)?.[1] ?? /^"(.*)"$/.exec(value)?.[1];
  return inner === undefined ? value : inner.replaceAll("''", "'").replaceAll("\\\\", "\\");
}

function failureOf({ name, details }: Point): TestFailure {
  const place = /^(.*?):(\d+)(?::\d+)?$/.exec(details.get("location") ?? "");
  const at = details.get("at") ?? "";
  const file = place?.[1] ?? /file: '?([^'\n]+)/.exec(at)?.[1];
  const inStack = file === undefined ? undefined : new RegExp(/:(\d+):\d+\)?$/m).exec(frameIn(details, file))?.[1];
  const line = Number(inStack ?? place?.[2] ?? Number.NaN);
  return {
    name,
    ...(file === undefined ? {} : { file }),
    ...(Number.isInteger(line) ? { line } : {}),
    message: shortMessage(details.get("error") ?? details.get("message") ?? ""),
  };
}

function frameIn(details: ReadonlyMap<string, string>, file: string): string {
  const frames = (details.get("stack") ?? "").split("\n");
  return frames.find((frame) => frame.includes(`${file}:`)) ?? "";
}
