import { expect, it } from "vitest";
import { createLogParser, type RawCommit } from "../../../daemon/memory/history/log.ts";

const HASH = "a".repeat(40);
const OTHER = "b".repeat(64);
const entry = (hash: string, message: string, changes: string) =>
  `\x01${hash}\0${HASH} ${OTHER}\0${12}\0Ada\0${message}\0\0${changes}`;
const OUTPUT =
  entry(HASH, "größer\n\nBody", "\nM\0a.ts\0R090\0old.ts\0nëw.ts\0C100\0x\0y\0") + entry(OTHER, "merge", "");

function parse(chunks: readonly Buffer[]): RawCommit[] {
  const commits: RawCommit[] = [];
  const parser = createLogParser((commit) => commits.push(commit));
  for (const chunk of chunks) parser.write(chunk);
  parser.end();
  return commits;
}

it("reads the same commits wherever the output is cut", () => {
  const bytes = Buffer.from(OUTPUT);
  const whole = parse([bytes]);
  expect(whole).toMatchObject([
    {
      hash: HASH,
      at: 12,
      author: "Ada",
      subject: "größer",
      body: "Body",
      isMerge: true,
      paths: ["a.ts", "nëw.ts", "y"],
      renames: [["old.ts", "nëw.ts"]],
    },
    { hash: OTHER, paths: [] },
  ]);
  for (let cut = 1; cut < bytes.length; cut += 1)
    expect(parse([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(whole);
});

it("keeps the start of a message without end, and no list of paths without end", () => {
  const pieces = Array.from({ length: 64 }, () => Buffer.from("word ".repeat(10_000)));
  const [commit] = parse([Buffer.from(`\x01${HASH}\0\0${1}\0Ada\0Start `), ...pieces, Buffer.from("\0\0")]);
  expect(commit?.subject.length).toBe(400);
  const paths = Array.from({ length: 401 }, (_, index) => `M\0${index}\0`).join("");
  expect(parse([Buffer.from(entry(HASH, "all", `\n${paths}`))])[0]?.paths).toEqual([]);
});

it.each(["", "\0\0\0", "fatal: nonsense", "M\0a\0", `\x01${HASH}`, "\x01abc\0\0"])("makes no commit of %j", (text) => {
  expect(parse([Buffer.from(text)])).toEqual([]);
});
