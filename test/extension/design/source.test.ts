import { describe, expect, it } from "vitest";
import { gateAnswer } from "../../../extension/design/gate-answer.ts";
import { projectFolders } from "../../../extension/design/projects.ts";
import { repairPrompt } from "../../../extension/design/repair-prompt.ts";
import { folderSource, readSource, sourceKey } from "../../../extension/design/source.ts";

describe("where a design comes from", () => {
  it("is found again in what the page kept", () => {
    for (const source of [{ runId: "r" }, { workspace: "/w" }, { workspace: "/w", folder: "shop" }])
      expect(readSource(sourceKey(source))).toEqual(source);
  });

  it.each([
    undefined,
    5,
    "",
    "{",
    "{}",
    "[]",
    "[5]",
    '[""]',
    '["a","b","c"]',
    '["a",{}]',
    JSON.stringify(["x".repeat(5000)]),
  ])("is nothing in %j", (kept) => expect(readSource(kept)).toBeUndefined());

  it("is the innermost workspace that the folder lies in, or the folder itself", () => {
    expect(folderSource("/w/shop", ["/w"])).toEqual({ workspace: "/w", folder: "shop" });
    expect(folderSource("/w/shop/a", ["/w", "/w/shop"])).toEqual({ workspace: "/w/shop", folder: "a" });
    expect(folderSource("/w", ["/w/"])).toEqual({ workspace: "/w" });
    expect(folderSource("/workshop", ["/w"])).toEqual({ workspace: "/workshop" });
    expect(folderSource("C:\\w\\shop\\a", ["C:\\w"])).toEqual({ workspace: "C:\\w", folder: "shop/a" });
    expect(folderSource("/shop", ["/"])).toEqual({ workspace: "/", folder: "shop" });
  });

  it("is looked for by files that only such projects have", () => {
    const paths = ["docs/prd/1.json", "shop/docs/system_design/1.json", "shop/docs/prd.md", "a/b/.dependencies.json"];
    expect(projectFolders(paths)).toEqual(["", "a/b", "shop"]);
    expect(projectFolders([])).toEqual([]);
  });
});

describe("a decision about a document", () => {
  const question = { choices: ["approve", "send back"] };
  it("is told in the words of its gate", () => {
    expect(gateAnswer(question, "approve", "")).toBe("approve");
    expect(gateAnswer(question, "send_back", "Shorter.")).toBe("send back: Shorter.");
    expect(gateAnswer({ choices: ["no", "Yes"] }, "approve", "")).toBe("Yes");
    expect(gateAnswer({ choices: [] }, "approve", "")).toBe("approve");
    expect(() => gateAnswer({ choices: ["refuse", "okra"] }, "approve", "")).toThrow(/choices of its own/);
    expect(gateAnswer({ choices: [] }, "send_back", "approve")).toBe("send back: approve");
  });
});

it("asks a run to repair one diagram and nothing else", () => {
  const broken = { folder: "shop", path: "docs/system_design/1.json", key: "Program call flow", problem: "Line 3." };
  expect(repairPrompt(broken)).toMatch(
    /^Repair the Mermaid diagram “Program call flow” in shop\/docs\/system_design\/1.json. Line 3. .* change nothing else\.$/,
  );
  expect(repairPrompt({ ...broken, folder: "", path: "a.mmd", key: "a.mmd" })).toContain("Mermaid diagram a.mmd.");
});
