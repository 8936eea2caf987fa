import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { answerEditLine } from "../../daemon/cli/edits.ts";
import { inputLines } from "../../daemon/cli/input-lines.ts";

const ask = (value: unknown) => answerEditLine(typeof value === "string" ? value : JSON.stringify(value));
const edit = (search: string, replace: string) => ({ search, replace });

describe("a line of nexus edits --stdin", () => {
  it.each([
    [
      "applied",
      { id: 1, original: "a\nb\n", edits: [edit("a", "$& c")] },
      { id: 1, status: "applied", result: "$& c\nb\n" },
    ],
    [
      "a new file",
      { id: "x", original: null, edits: [edit("", "a\n")] },
      { id: "x", status: "applied", result: "a\n" },
    ],
    [
      "several edits",
      { id: 1, original: "a b", edits: [edit("a", "c"), edit("c", "d")] },
      { id: 1, status: "applied", result: "d b" },
    ],
    [
      "a line separator",
      { id: 1, original: "a\u2028b", edits: [edit("a\u2028", "c\u2028")] },
      { id: 1, status: "applied", result: "c\u2028b" },
    ],
    [
      "a lone surrogate",
      { id: 1, original: "a\ud800b", edits: [edit("b", "\udc00")] },
      { id: 1, status: "applied", result: "a\ud800\udc00" },
    ],
  ])("is answered: %s", (_name, line, answer) => {
    expect(ask(line)).toEqual(answer);
  });

  it.each([
    [
      "approximate",
      "a long line that says something\n",
      "a long line that says somethin\n",
      "x\n",
      "applied_approx",
      true,
    ],
    ["ambiguous", "a\na\n", "a", "b", "ambiguous", false],
    ["done", "const b = 2;\n", "const a = 1;", "const b = 2;", "already_applied", false],
    ["nothing", "a", "a", "a", "noop", false],
    ["rejected", "a", "zzz", "b", "rejected", false],
  ])("says what is %s, with a text only where there is one", (_name, original, search, replace, status, hasResult) => {
    const answer = ask({ id: 1, original, edits: [edit(search, replace)] });
    expect(answer).toMatchObject({ id: 1, status, message: expect.stringMatching(/./) });
    expect("result" in answer).toBe(hasResult);
  });

  it.each([
    ["no JSON", "{", null],
    ["a list", "[]", null],
    ["null", "null", null],
    ["no id", { original: "a", edits: [] }, null],
    ["an id that is none", { id: {}, original: "a", edits: [] }, null],
    ["no original", { id: 1, edits: [] }, 1],
    ["an original that is a number", { id: 1, original: 1, edits: [] }, 1],
    ["no edits", { id: 1, original: "a" }, 1],
    ["an edit without replacement", { id: 1, original: "a", edits: [{ search: "a" }] }, 1],
    ["edits that are null", { id: 1, original: "a", edits: [null] }, 1],
    ["an edit of a file that is not there", { id: 1, original: null, edits: [edit("a", "b")] }, 1],
    ["a binary file", { id: 1, original: "a\0", edits: [edit("a", "b")] }, 1],
    ["a search that is empty", { id: 1, original: "a", edits: [edit("", "b")] }, 1],
  ])("is refused, never fatal: %s", (_name, line, id) => {
    expect(ask(line)).toEqual({ id, status: "rejected", message: expect.stringMatching(/./) });
  });

  it("is refused where it is longer than any file", () => {
    expect(answerEditLine(" ".repeat(64 * 1024 * 1024 + 1))).toMatchObject({ id: null, status: "rejected" });
  });
});

it("reads lines whatever their pieces, and stops keeping one that is too long", async () => {
  async function* chunks() {
    yield* ["a", "b\nc\u2028d\n\n", "too ", "long ", "by ", "far\ne"];
  }
  const lines: string[] = [];
  for await (const line of inputLines(chunks(), 6)) lines.push(line);
  expect(lines).toEqual(["ab", "c\u2028d", "too long ", "e"]);
});

describe("docs/edits.md", () => {
  const page = readFileSync(fileURLToPath(new URL("../../docs/edits.md", import.meta.url)), "utf8");
  const blocks = [...page.matchAll(/```sh\n(.*?)```/gs)].map(([, block = ""]) => block.split("\n"));
  const asked = blocks
    .flat()
    .flatMap((line) => /^(?:echo ')?(\{"id".*"original".*\})'?(?: \|.*)?$/.exec(line)?.[1] ?? []);
  const answered = blocks.flat().filter((line) => line.includes('"status":'));

  it("shows what is answered", () => {
    expect(asked.length).toBeGreaterThan(7);
    // echo leaves backslashes to JSON.
    expect(asked.map((line) => JSON.stringify(answerEditLine(line)))).toEqual(answered);
  });
});
