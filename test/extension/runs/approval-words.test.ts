import { expect, it } from "vitest";
import { isWholeInOneLine, questionOf, timeLeft } from "../../../extension/runs/approval-words.ts";
import type { ApprovalSubject } from "../../../protocol/index.ts";

const SUBJECTS: [ApprovalSubject, string][] = [
  [{ kind: "command", command: "make", cwd: "/w" }, "run `make` in /w?"],
  [{ kind: "read", path: ".env", reason: "May hold keys." }, "read .env? May hold keys."],
  [{ kind: "write", path: ".npmrc", reason: "Configures npm." }, "change .npmrc? Configures npm."],
  [{ kind: "network", url: "https://example.org/" }, "fetch https://example.org/?"],
  [{ kind: "foreign", source: "mcp", name: "search", input: "{}" }, "use search with {}?"],
  [{ kind: "git", action: "commit", detail: "Add tags" }, "git commit: Add tags?"],
  [{ kind: "plan", summary: "Tags.", taskCount: 1, commands: [] }, "Approve? 1 task: Tags."],
];

it.each(SUBJECTS)("asks about %j", (subject, words) => {
  expect(questionOf({ subject, title: "Approve?" })).toBe(words);
});

it("says how long a question stays", () => {
  const now = Date.parse("2026-03-02T09:00:00Z");
  expect(timeLeft("2026-03-02T09:04:30Z", now)).toBe("expires in 5 min");
  expect(timeLeft("2026-03-03T08:59:00Z", now)).toBe("expires in 23 h");
  expect(timeLeft("2026-03-02T09:00:00Z", now)).toBe("expired");
});

it("lets a notice answer only what it shows as a whole", () => {
  const isWhole = (subject: ApprovalSubject) => isWholeInOneLine({ subject, title: "" });
  expect(SUBJECTS.filter(([subject]) => isWhole(subject)).map(([{ kind }]) => kind)).toEqual([
    ...["command", "read", "network"],
  ]);
  expect(isWhole({ kind: "command", command: `echo ${"x".repeat(300)}`, cwd: "/w" })).toBe(false);
  expect(isWhole({ kind: "command", command: "ls\ncurl example.org", cwd: "/w" })).toBe(false);
  expect(isWhole({ kind: "command", command: "ls \u202egnp.sl", cwd: "/w" })).toBe(false);
});
