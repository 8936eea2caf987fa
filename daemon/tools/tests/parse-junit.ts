/** JUnit's XML, as pytest, Maven's Surefire and Gradle write it. */
import { shortMessage, type TestCase, type TestCounts, type TestFailure } from "./report.ts";

interface Tag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly isEnd: boolean;
  readonly isEmpty: boolean;
  /** Of the text behind it: the offset of its beginning. */
  readonly end: number;
}

const MAX_TAGS = 500_000;

interface JunitCase {
  readonly attributes: ReadonlyMap<string, string>;
  readonly status: TestCase["status"];
  readonly failure?: TestFailure;
}

/** Undefined when the text holds no test case. What is broken or cut off counts up to there. */
export function parseJunit(xml: string): TestCounts | undefined {
  const cases = casesIn(xml);
  if (cases.length === 0) return undefined;
  const failures = cases.flatMap(({ failure }) => failure ?? []);
  const skipped = cases.filter(({ status }) => status === "skipped").length;
  return { passed: cases.length - skipped - failures.length, failed: failures.length, skipped, failures };
}

/** Every test by itself. */
export function junitCases(xml: string): TestCase[] {
  return casesIn(xml).map(({ attributes, status }) => {
    const file = attributes.get("file");
    return { name: nameOf(attributes), status, ...(file === undefined ? {} : { file }) };
  });
}

function casesIn(xml: string): JunitCase[] {
  const cases: JunitCase[] = [];
  let open: JunitCase | undefined;
  for (const tag of tagsOf(xml)) {
    if (tag.name === "testcase" && !tag.isEnd) {
      const found: JunitCase = { attributes: tag.attributes, status: "passed" };
      cases.push(found);
      open = tag.isEmpty ? undefined : found;
    } else if (tag.name === "testcase") open = undefined;
    else if (open === undefined || tag.isEnd || cases.at(-1)?.status !== "passed") continue;
    else if (tag.name === "skipped") cases.splice(-1, 1, { ...open, status: "skipped" });
    else if (tag.name === "failure" || tag.name === "error") {
      const failure = failureOf(open.attributes, tag, tag.isEmpty ? "" : textAt(xml, tag.end));
      cases.splice(-1, 1, { ...open, status: "failed", failure });
    }
  }
  return cases;
}

function nameOf(test: ReadonlyMap<string, string>): string {
  return [test.get("classname") ?? "", test.get("name") ?? ""].filter((part) => part !== "").join(".");
}

function failureOf(test: ReadonlyMap<string, string>, tag: Tag, body: string): TestFailure {
  const name = nameOf(test);
  const file = test.get("file") ?? fileOfPython(body);
  const line = Number(test.get("line") ?? (file === undefined ? Number.NaN : lineIn(body, file)));
  const message = tag.attributes.get("message") ?? "";
  const type = tag.attributes.get("type") ?? "";
  return {
    name,
    ...(file === undefined ? {} : { file }),
    ...(Number.isInteger(line) && line > 0 ? { line } : {}),
    message: shortMessage(message !== "" ? message : body.trim() !== "" ? body : type),
  };
}

/** pytest ends each traceback with `path:line: Error`; the last one is where it happened. */
function fileOfPython(body: string): string | undefined {
  return [...body.slice(-20_000).matchAll(/^([^\s:]+\.py):\d+: /gm)].at(-1)?.[1];
}

function lineIn(body: string, file: string): number {
  const at = body.lastIndexOf(`${file}:`);
  return at < 0 ? Number.NaN : Number.parseInt(body.slice(at + file.length + 1, at + file.length + 11), 10);
}

/** Tags in their order; comments, declarations and CDATA are passed over. Never a regular expression over it all. */
function* tagsOf(xml: string): Generator<Tag> {
  let at = xml.indexOf("<");
  for (let count = 0; at >= 0 && count < MAX_TAGS; count++) {
    const skip = [
      ["<!--", "-->"],
      ["<![CDATA[", "]]>"],
      ["<?", "?>"],
    ].find(([begin = ""]) => xml.startsWith(begin, at));
    if (skip !== undefined) {
      const end = xml.indexOf(skip[1] ?? ">", at);
      if (end < 0) return;
      at = xml.indexOf("<", end);
      continue;
    }
    const end = endOfTag(xml, at);
    if (end === undefined) return;
    yield tagOf(xml.slice(at + 1, end), end + 1);
    at = xml.indexOf("<", end);
  }
}

/** The `>` that ends a tag; those in quotes do not. */
function endOfTag(xml: string, start: number): number | undefined {
  let quote = "";
  for (let at = start + 1; at < xml.length; at++) {
    const character = xml[at] ?? "";
    if (quote !== "") quote = character === quote ? "" : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (character === ">") return at;
  }
  return undefined;
}

function tagOf(inner: string, end: number): Tag {
  const name = /^\/?([\w:.-]*)/.exec(inner)?.[1] ?? "";
  const attributes = new Map<string, string>();
  for (const [, key = "", double, single] of inner.matchAll(/([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g))
    attributes.set(key, unescaped(double ?? single ?? ""));
  return { name, attributes, isEnd: inner.startsWith("/"), isEmpty: inner.endsWith("/"), end };
}

function textAt(xml: string, start: number): string {
  if (xml.startsWith("<![CDATA[", start)) {
    const end = xml.indexOf("]]>", start);
    return xml.slice(start + 9, end < 0 ? undefined : end);
  }
  const end = xml.indexOf("<", start);
  return unescaped(xml.slice(start, end < 0 ? undefined : end));
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["quot", '"'],
  ["apos", "'"],
]);

function unescaped(text: string): string {
  return text.replace(/&(#x?[0-9a-fA-F]{1,6}|[a-z]{2,4});/g, (whole, name: string) => {
    if (!name.startsWith("#")) return ENTITIES.get(name) ?? whole;
    const code = name.startsWith("#x") ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
    return Number.isInteger(code) && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
