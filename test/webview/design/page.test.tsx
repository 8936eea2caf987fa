/** The design page as readers and keyboards meet it. */
import type { ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import type { DesignView } from "../../../protocol/design/view.ts";
import { DesignPage } from "../../../webview/design/design-page.tsx";
import { BrokenDiagram, repairWords } from "../../../webview/design/diagram/diagram.tsx";
import type { Tab } from "../../../webview/design/host.ts";
import { type Design, DesignContext } from "../../../webview/design/state/design-context.tsx";
import { type DesignAction, designReducer, emptyDesign } from "../../../webview/design/state/design-state.ts";
import { CLASSES, PRD_CONTENT, SAMPLE_DOCUMENTS, SAMPLE_VIEW, sampleDocument } from "./sample-view.ts";

const RUN = { runId: "run-sample", prompt: "Show every price", status: "awaiting_approval" } as const;
const TABS: readonly Tab[] = ["requirements", "architecture", "tasks", "traces", "screens", "documents"];

interface Options {
  readonly view?: DesignView;
  readonly tab?: Tab;
  readonly document?: string;
  readonly actions?: readonly DesignAction[];
  readonly inRun?: boolean;
  readonly page?: ReactNode;
}

function draw({ view = SAMPLE_VIEW, tab = "requirements", inRun = true, page, ...more }: Options = {}): string {
  const actions: DesignAction[] = [
    { type: "connection", state: "connected", error: null },
    { type: "view", view, run: inRun ? RUN : null },
    ...(more.actions ?? []),
  ];
  const design: Design = {
    state: actions.reduce(designReducer, emptyDesign()),
    tab,
    document: more.document ?? null,
    send: () => undefined,
    dismissProblem: () => undefined,
    draft: () => undefined,
    remark: () => undefined,
    show: () => undefined,
    showDocument: () => undefined,
  };
  return renderToStaticMarkup(<DesignContext.Provider value={design}>{page ?? <DesignPage />}</DesignContext.Provider>);
}

const textOf = (html: string) =>
  html
    .replace(/<svg.*?<\/svg>/gs, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ");
const withDocuments = (documents: DesignView["documents"]): DesignView => ({ ...SAMPLE_VIEW, documents });

describe("the design page", () => {
  it("says which of its tabs is shown, and what each holds", () => {
    const html = draw({ tab: "tasks" });
    expect(html).toMatch(/role="tab"[^>]*data-tab="tasks" aria-selected="true"[^>]*tabindex="0"/);
    expect(html.match(/role="tab"[^>]*tabindex="-1"/g)).toHaveLength(5);
    const [, panel = ""] = /role="tabpanel" id="([^"]*)"/.exec(html) ?? [];
    expect(html).toContain(`aria-controls="${panel}"`);
    expect(textOf(html)).toContain("Traceability 2 , 2 with something missing, 1 stale");
  });

  it("names every button of every tab, with the words that stand on it", () => {
    for (const tab of TABS)
      for (const [button = "", , attributes = "", inside = ""] of draw({ tab }).matchAll(
        /<(vscode-button|button)([^>]*)>(.*?)<\/\1>/gs,
      )) {
        const label = /aria-label="([^"]*)"/.exec(attributes)?.[1] ?? "";
        const words = textOf(inside.replace(/<span[^>]*aria-hidden.*?<\/span>/gs, "")).trim();
        expect(label !== "" || words !== "", button).toBe(true);
        const isCut = /class="chip|class="link"/.test(attributes) || words === "×";
        if (label !== "" && !isCut) expect(label.toLowerCase(), button).toContain(words.toLowerCase());
      }
  });

  it("asks about each open document, at once for readers, with all four ways on", () => {
    const html = draw();
    expect(html).toContain('aria-live="assertive">1 document to decide: docs/system_design/20261128091500.json<');
    expect(textOf(html)).toMatch(/System design waits for your decision .* Approve Edit Send back with remarks… Read/);
    const open = SAMPLE_DOCUMENTS.map((document) => ({
      ...document,
      gate: "open" as const,
      questionId: `q-${document.kind}`,
    }));
    expect(draw({ view: withDocuments(open) }).match(/waits for your decision/g)).toHaveLength(5);
  });

  it("asks nothing where no question is open", () => {
    const documents = SAMPLE_DOCUMENTS.map((document) => ({ ...document, questionId: null }));
    expect(draw({ view: withDocuments(documents) })).not.toContain("waits for your decision");
  });

  it("warns of an edit that is not saved before it is approved", () => {
    const path = "docs/system_design/20261128091500.json";
    const html = draw({ actions: [{ type: "drafted", path, hash: "a".repeat(64), text: "{}" }] });
    expect(html).toContain("save it first, or what you approve is without it");
  });

  it("shows remarks that were begun before it was hidden", () => {
    const question = SAMPLE_DOCUMENTS.flatMap(({ questionId }) => questionId ?? [])[0] ?? "";
    const html = draw({ actions: [{ type: "remarked", questionId: question, text: "Name the tax." }] });
    expect(html).toContain('value="Name the tax."');
    expect(textOf(html)).toContain("Send back Cancel");
  });

  it("saves nothing over another's version that could not be saved at all", () => {
    const path = "docs/system_design/20261128091500.json";
    const editor = (text: string) =>
      draw({ tab: "documents", document: path, actions: [{ type: "drafted", path, hash: "old", text }] });
    const mine = /<vscode-button([^>]*)>Save mine over it/;
    expect(mine.exec(editor("{}"))?.[1]).not.toContain("disabled");
    expect(mine.exec(editor("{"))?.[1]).toContain("disabled");
    expect(editor(JSON.stringify("x".repeat(1024 * 1024)))).toContain("too long to be saved");
  });

  it("still shows the edit of a document that is gone, and of none that is there", () => {
    const drafted: DesignAction = { type: "drafted", path: "docs/prd/gone.json", hash: "h", text: "my own words" };
    for (const view of [SAMPLE_VIEW, withDocuments([])]) {
      const html = draw({ view, actions: [drafted] });
      expect(html).toContain("my own words");
      expect(html).toContain('aria-label="Drop your edit of docs/prd/gone.json"');
    }
    const path = SAMPLE_DOCUMENTS[0]?.path ?? "";
    expect(draw({ actions: [{ ...drafted, path }] })).not.toContain("Drop your edit");
  });

  it("shows the requirement pool as a table whose columns say how they are sorted", () => {
    const html = draw();
    expect(html).toContain('<th scope="col" aria-sort="ascending">');
    expect(html.match(/aria-sort="none"/g)).toHaveLength(3);
    expect(textOf(html)).toContain("R3 P1 The sum of the cart changes as things are added cart.ts stale");
  });

  it("leads from a task only to those that have a card", () => {
    const [task] = SAMPLE_VIEW.tasks;
    if (task === undefined) throw new Error("The sample has a task.");
    const tasks = [
      { ...task, id: "src/a.ts", dependsOn: [] },
      { ...task, id: "src/b.ts", dependsOn: ["src/a.ts", "src/gone.ts"] },
    ];
    const html = draw({ tab: "tasks", view: { ...SAMPLE_VIEW, tasks } });
    expect(html).toContain('aria-label="Go to src/a.ts"');
    expect(html).not.toContain('aria-label="Go to src/gone.ts"');
    expect(html).toContain('title="src/gone.ts"');
  });

  it("shows long lists of a document page by page, to read and to edit", () => {
    const texts = Array.from({ length: 500 }, (_, index) => `Number ${index + 1}.`);
    const pairs = texts.map((text) => ["a.ts", text]);
    const content = { "Product Goals": texts, "User Stories": texts, "Competitive Analysis": texts, Pairs: pairs };
    const path = "docs/prd/1.json";
    const view = withDocuments([sampleDocument({ path, kind: "prd", content })]);
    const text = textOf(draw({ view }));
    for (const what of ["goals", "stories", "competitors"]) expect(text).toContain(`1 to 50 of 500 ${what}`);
    expect(text).not.toMatch(/S51|Number 50\. Number 51\./);
    expect(textOf(draw({ view, tab: "documents", document: path }))).toContain("1 to 50 of 500 pairs");
    const drafted: DesignAction = { type: "drafted", path, hash: "a".repeat(64), text: JSON.stringify(content) };
    const form = draw({ view, tab: "documents", document: path, actions: [drafted] });
    expect(form.match(/<textarea/g)).toHaveLength(200);
    expect(form.match(/class="pager"/g)).toHaveLength(4);
  });

  it("shows five hundred requirements page by page, in the pool and in the matrix", () => {
    const pool = Array.from({ length: 500 }, (_, index) => ["P1", `Requirement number ${index + 1}`]);
    const nodes = pool.map(([, text = ""], index) => {
      return {
        id: `R${index + 1}`,
        kind: "requirement" as const,
        text,
        path: "docs/prd/1.json",
        status: "ok" as const,
      };
    });
    const prd = sampleDocument({
      path: "docs/prd/1.json",
      kind: "prd",
      content: { ...PRD_CONTENT, "Requirement Pool": pool },
    });
    const view = { ...SAMPLE_VIEW, documents: [prd], nodes, links: [] };
    for (const tab of ["requirements", "traces"] as const) {
      const html = draw({ view, tab });
      expect(html.match(/Requirement number \d+/g)).toHaveLength(50);
      expect(html).toMatch(/1 to 50 of 500 (requirements|rows)/);
    }
  });

  it("leads from the matrix to documents and files, but not to what is missing", () => {
    const html = draw({ tab: "traces" });
    expect(html).toContain('aria-label="Open file src/price.ts"');
    expect(html).toContain('aria-label="Open file src/cart.ts, stale"');
    expect(html).not.toContain('aria-label="Open test test/cart.test.ts');
    expect(textOf(html)).toContain("no test");
  });

  it("shows tasks in lanes, with what each waits for", () => {
    const text = textOf(draw({ tab: "tasks" }));
    expect(text).toMatch(
      /First src\/price.ts done .* Then, 2 src\/components\/PriceTag.tsx working .* Then, 3 src\/page.tsx waiting/,
    );
    const tasks = SAMPLE_VIEW.tasks.map((task) => ({ ...task, dependsOn: ["src/page.tsx"] }));
    expect(textOf(draw({ tab: "tasks", view: { ...SAMPLE_VIEW, tasks } }))).toContain(
      "These tasks wait for each other",
    );
  });

  it("shows each screen beside what was built, and what the browser found in words", () => {
    const html = draw({ tab: "screens" });
    expect(html).toContain('alt="Wireframe of Home"');
    expect(html).toContain('src="data:image/svg+xml;charset=utf-8,%3Csvg');
    expect(textOf(html)).toContain("Contrast : failed home.old-price has 3.9:1, and needs 4.5:1");
    expect(textOf(html)).toContain("Not built yet, or not looked at in a browser.");
    const shown = draw({ tab: "screens", actions: [{ type: "picture", key: "art-wide", png: "AAAA", error: null }] });
    expect(shown).toContain('src="data:image/png;base64,AAAA"');
    expect(shown).toContain('alt="Screenshot of Home at 1280 by 800 pixels"');
  });

  it("shows what cannot be read with its problem, and offers no edit that would begin with nothing", () => {
    const html = draw({ tab: "documents", document: "docs/code_summary/broken.json" });
    expect(textOf(html)).toContain("not_json It is no JSON");
    expect(html).toContain("the file is left as it is");
    expect(html).not.toContain('aria-label="Edit Code summary"');
  });

  it("lets a document be edited by its fields, and says what is stale", () => {
    const path = "docs/task/20261128091500.json";
    const text = JSON.stringify({ "Task list": ["a.ts"], "Logic Analysis": [["a.ts", "all"]], "Full API spec": "" });
    const html = draw({
      tab: "documents",
      document: path,
      actions: [{ type: "drafted", path, hash: "a".repeat(64), text }],
    });
    expect(html).toContain('aria-label="Remove Task list 1"');
    expect(html).toContain('aria-label="Logic Analysis 1, first"');
    expect(html).toContain("Stale: docs/system_design changed after it was written");
    expect(html).not.toContain("Nothing was overwritten");
  });

  it("overwrites nothing that somebody else wrote meanwhile", () => {
    const path = "docs/task/20261128091500.json";
    const html = draw({
      tab: "documents",
      document: path,
      actions: [{ type: "drafted", path, hash: "older", text: "{}" }],
    });
    expect(html).toMatch(/class="conflicts" role="alert"/);
    expect(html).toContain("project-manager changed this document while you edited it.");
    expect(html).toMatch(/<vscode-button appearance="primary" disabled="[^"]*">Save</);
    expect(html).toContain("Save mine over it");
  });

  it("says what to do where there is nothing yet", () => {
    const empty: DesignView = {
      ...SAMPLE_VIEW,
      documents: [],
      tasks: [],
      nodes: [],
      links: [],
      wireframes: [],
      checks: [],
      problems: [],
    };
    expect(textOf(draw({ view: empty, inRun: false }))).toContain("Design a feature…");
    expect(textOf(draw({ view: empty }))).toContain("The run has not written a document yet");
    for (const tab of TABS) {
      const text = textOf(
        draw({
          tab,
          view: {
            ...empty,
            documents: [sampleDocument({ path: "docs/requirement.txt", kind: "requirement", content: "x" })],
          },
        }),
      );
      expect(text).toMatch(tab === "documents" ? /docs\/requirement.txt/ : /yet/);
    }
  });

  it("survives documents whose parts have other types", () => {
    const strange = [
      null,
      5,
      "text",
      [],
      { "Requirement Pool": { a: 1 }, "User Stories": [1], "File list": "x", Screens: [{}] },
    ];
    for (const content of strange) {
      const documents = SAMPLE_DOCUMENTS.map((document) => ({ ...document, content }));
      for (const tab of TABS) expect(draw({ tab, view: withDocuments(documents) })).toContain("price_tags");
    }
  });

  it("draws text of models and files as text", () => {
    const evil = "<script>alert(1)</script><img src=x onerror=alert(1)>";
    const documents = SAMPLE_DOCUMENTS.map((document) => ({
      ...document,
      title: evil,
      writtenBy: evil,
      content: {
        ...PRD_CONTENT,
        "Original Requirements": evil,
        "User Stories": [evil],
        "Requirement Pool": [[evil, evil]],
        [evil]: evil,
      },
    }));
    const view = {
      ...withDocuments(documents),
      project: evil,
      problems: [evil],
      wireframes: [{ screen: "a", title: evil, svg: evil }],
    };
    for (const tab of TABS) expect(draw({ tab, view })).not.toMatch(/<script|<img src=x/);
  });
});

describe("a diagram that cannot be drawn", () => {
  const [, design = sampleDocument({ path: "x", kind: "system_design" })] = SAMPLE_DOCUMENTS;
  const problem = { message: "“(” is not expected here.", line: 2 };
  const broken = (change: Partial<typeof design> = {}, inRun = true) =>
    draw({
      inRun,
      page: (
        <BrokenDiagram
          document={{ ...design, ...change }}
          field="Program call flow"
          title="Class diagram"
          source={CLASSES}
          problem={problem}
        />
      ),
    });

  it("shows its source with the line that is wrong, its error, and a way to have it repaired", () => {
    const html = broken();
    expect(html).toMatch(
      /<li class="wrong-line">.*?2<\/span><code> {4}class PriceTag \{<\/code><span class="reader-only"> \(the problem is here\)/s,
    );
    expect(textOf(html)).toContain("Line 2: “(” is not expected here.");
    expect(html).toContain("Ask the architect to repair it");
  });

  it("offers no repair by a run that is over", () => {
    const page = (
      <BrokenDiagram
        document={{ ...design, gate: "approved" }}
        field="k"
        title="Class diagram"
        source={CLASSES}
        problem={problem}
      />
    );
    const over = draw({ page, actions: [{ type: "view", view: SAMPLE_VIEW, run: { ...RUN, status: "done" } }] });
    expect(over).not.toContain("Ask the architect");
    expect(broken({ gate: "none" }, false)).toContain("Ask the architect");
  });

  it("tells the architect the error and the line", () => {
    expect(repairWords({ title: "Class diagram", source: CLASSES, problem })).toBe(
      "The class diagram cannot be drawn: “(” is not expected here. Line 2 is: `class PriceTag {`.",
    );
  });
});
