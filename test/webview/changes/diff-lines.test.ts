import { expect, it } from "vitest";
import { diffLines } from "../../../webview/changes/diff-lines.ts";
import { SAMPLE_PATCH } from "../sample-run.ts";

it("numbers lines on both sides and leaves the file header out", () => {
  const lines = diffLines(SAMPLE_PATCH);
  expect(lines[0]).toMatchObject({ kind: "hunk", text: "export function handle(request, response) {" });
  expect(lines.filter(({ kind }) => kind === "removed")).toMatchObject([{ before: 15, after: null }]);
  expect(lines.filter(({ kind }) => kind === "added")).toMatchObject([{ after: 15 }, { after: 16 }]);
  expect(lines.at(-1)).toMatchObject({
    kind: "same",
    before: 18,
    after: 19,
    text: "function send(response, status, body) {",
  });
});

it("takes removed and added lines that look like headers for what they are", () => {
  const lines = diffLines("--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n--- old\n+++ new\n\\ No newline at end of file\n");
  expect(lines.map(({ kind, text }) => [kind, text])).toEqual([
    ["hunk", ""],
    ["removed", "-- old"],
    ["added", "++ new"],
    ["note", "No newline at end of file"],
  ]);
});

it("finds nothing in nothing", () => expect(diffLines("")).toEqual([]));

it("names each file when there are several, and shows what is said beside the hunks", () => {
  const patch = [
    ...["--- a/one", "+++ b/one", "@@ -1 +1 @@", "-x", "+y"],
    ...["--- /dev/null", "+++ b/two", "@@ -0,0 +1,3 @@", "+--- not a header"],
    "… the rest is not shown …",
    ...["three: 600000 bytes become 7 bytes"],
  ].join("\n");
  expect(diffLines(patch).map(({ kind, text }) => [kind, text])).toEqual([
    ["file", "one"],
    ["hunk", ""],
    ["removed", "x"],
    ["added", "y"],
    ["file", "two (new)"],
    ["hunk", ""],
    ["added", "--- not a header"],
    ["note", "… the rest is not shown …"],
    ["note", "three: 600000 bytes become 7 bytes"],
  ]);
});
