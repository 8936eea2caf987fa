/** The page as readers and keyboards meet it: names, roles and live regions, drawn from the same events as in life. */
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { applyRunEvent, type RunEventBody, type RunState } from "../../protocol/index.ts";
import { RunPage } from "../../webview/app.tsx";
import { type Panel, PanelContext } from "../../webview/state/panel-context.tsx";
import { EMPTY_PANEL, panelReducer } from "../../webview/state/panel-state.ts";
import { CREATED, FINISHED, numbered, WAITING, WORKING } from "./sample-run.ts";

function draw(bodies: readonly RunEventBody[], change: Partial<Panel["view"]> = {}): string {
  const events = numbered(bodies);
  const run = events.reduce<RunState | null>(applyRunEvent, null);
  if (run === null) throw new Error("a run begins with run.created");
  const panel: Panel = {
    state: panelReducer(EMPTY_PANEL, { type: "run", run, events }),
    saved: undefined,
    view: { draft: "", planView: "list", ...change },
    send: () => undefined,
    dismissProblem: () => undefined,
    setView: () => undefined,
    keepScroll: () => undefined,
  };
  return renderToStaticMarkup(
    <PanelContext.Provider value={panel}>
      <RunPage />
    </PanelContext.Provider>,
  );
}

const approval = (subject: Record<string, unknown>, more: Record<string, unknown> = {}): RunEventBody[] => [
  CREATED,
  { type: "run.started", attempt: 1, reason: "new" },
  {
    type: "approval.requested",
    approval: {
      approvalId: "a",
      taskId: null,
      title: "Run this command?",
      reason: "The policy asks.",
      subjectHash: "0".repeat(64),
      subject,
      ...more,
    },
  } as RunEventBody,
];

const CLEAN = { untrustedInput: false, privateData: false, actedOutside: false };

/** The names of a card's buttons and fields in the order in which the Tab key reaches them. */
const controls = (html: string): string[] => {
  const [card = ""] = /class="attention".*?<\/section>/s.exec(html) ?? [];
  const found = card.matchAll(/<vscode-(?:button|text-area)([^>]*)>([^<]*)/g);
  return [...found].map(([, attributes = "", text = ""]) => /aria-label="([^"]*)"/.exec(attributes)?.[1] ?? text);
};

describe("the page", () => {
  it("reads out what is asked, word for word and at once", () => {
    const html = draw(approval({ kind: "command", command: "rm -rf build && make", cwd: "/w" }));
    const [, spoken = ""] = /aria-live="assertive">([^<]*)</.exec(html) ?? [];
    expect(spoken).toContain("rm -rf build &amp;&amp; make");
    expect(html).toContain('<pre class="command">rm -rf build &amp;&amp; make</pre>');
  });

  it("shows what a command does, its sandbox, its scripts and when the question ends", () => {
    const subject = {
      ...{ kind: "command", command: "npm run build && ls", cwd: "/w", sandbox: "bubblewrap" },
      hosts: ["registry.example:443"],
      files: [{ path: "build.js", sha256: "ab".repeat(32) }],
    };
    const parts = [{ text: "npm run build", why: "runs the project's script build" }];
    const html = draw(
      approval(subject, { parts, remember: "command npm run build", expiresAt: "2026-03-03T09:00:00.000Z" }),
    );
    expect(html).toContain("<code>npm run build</code>");
    expect(html).toContain("Inside the sandbox (bubblewrap)");
    expect(html).toContain("it may reach registry.example:443.");
    expect(html).toMatch(/runs <code>build.js<\/code>, exactly this content \(abababababab\)/);
    expect(html).toContain('<time dateTime="2026-03-03T09:00:00.000Z">');
    expect(controls(html)).toEqual([
      "Approve once",
      "Approve, and always allow: command npm run build",
      "What should be different (optional, sent with a rejection)",
      "Reject",
    ]);
  });

  it("says that there is no sandbox", () => {
    const html = draw(approval({ kind: "command", command: "make", cwd: "/w", sandbox: "none" }));
    expect(html).toContain("No sandbox on this machine");
    expect(controls(html)[0]).toBe("Approve");
  });

  it("draws the change of a protected file as a diff that reads without colour", () => {
    const diff = "--- a/.npmrc\n+++ b/.npmrc\n@@ -1 +1 @@\n-a=1\n+a=2\n";
    const files = [{ path: ".npmrc", sha256: "cd".repeat(32) }];
    const html = draw(approval({ kind: "write", path: ".npmrc", reason: "It configures npm.", diff, files }));
    expect(html).toMatch(/<tr class="diff-removed">.*?>−<.*?>removed<.*?>a=1</);
    expect(html).toMatch(/<tr class="diff-added">.*?>\+<.*?>added<.*?>a=2</);
    expect(html).toMatch(/writes <code>.npmrc<\/code>, exactly this content \(cdcdcdcdcdcd\)/);
  });

  it("says what a plan may do in words, commands as code", () => {
    const permissions = ["Change src/a.ts.", "Run `npm test`.", "Reach no host of the network without asking."];
    const html = draw(approval({ kind: "plan", summary: "S", taskCount: 1, commands: ["npm test"], permissions }));
    expect(html).toContain("Once approved, its agents may:");
    expect(html).toContain("<li>Run <code>npm test</code>.</li>");
    expect(html).toContain("<li>Reach no host of the network without asking.</li>");
  });

  it("marks what the run has been in touch with, each with its meaning, and nothing else", () => {
    const tainted = (taint: object): RunEventBody =>
      ({ type: "run.tainted", taint: { ...CLEAN, ...taint }, reason: "" }) as RunEventBody;
    const labels = (html: string) =>
      [...html.matchAll(/class="mark [^"]*" title="[^"]+">.*?<\/svg>([^<]+)</g)].map(([, label]) => label);
    expect(draw([CREATED])).not.toContain('class="marks"');
    expect(labels(draw([CREATED, tainted({ privateData: true })]))).toEqual(["Private data"]);
    const all = draw([
      { ...CREATED, trusted: false } as RunEventBody,
      tainted({ untrustedInput: true, privateData: true, actedOutside: true }),
    ]);
    expect(labels(all)).toEqual(["Folder not trusted", "Untrusted input", "Private data", "Acted outside"]);
    expect(all).toMatch(/reader-only">: It could see files that are not public/);
  });

  it("offers to take an accept back when what was there is kept", () => {
    const accepted: RunEventBody = { type: "changes.accepted", paths: ["README.md"] };
    const kept: RunEventBody = { type: "changes.applying", paths: ["README.md"], kept: "c0" };
    const label = "Put your folder back as it was before you accepted";
    expect(draw(FINISHED)).not.toContain(label);
    expect(draw([...FINISHED, kept, accepted])).toContain(label);
    expect(draw([...FINISHED, { ...kept, kept: undefined } as RunEventBody, accepted])).not.toContain(label);
  });

  it("asks an agent's question with its choices as buttons, and reads it out at once", () => {
    const question = {
      questionId: "q",
      taskId: "t",
      agent: "coder",
      text: "Which <currency>?",
      choices: ["euro", "yen"],
    };
    const html = draw([
      CREATED,
      { type: "run.started", attempt: 1, reason: "new" },
      { type: "question.asked", question },
      { type: "todo.changed", todo: { taskId: "t", items: [{ text: "Build it", status: "doing" }] } },
    ]);
    const [, spoken = ""] = /aria-live="assertive">([^<]*)</.exec(html) ?? [];
    expect(spoken).toBe("coder asks: Which &lt;currency&gt;? Choices: euro; yen.");
    for (const choice of ["euro", "yen", "Send answer"])
      expect(html).toMatch(new RegExp(`<vscode-button[^>]*>${choice}</`));
    expect(html).toContain('aria-label="Your answer to: Which &lt;currency&gt;?"');
    expect(html).toMatch(/Build it<\/span><span class="reader-only">, under way</);
  });

  it("shows a plan's commands before it is approved", () => {
    const html = draw(WAITING);
    expect(html).toContain("Approving also allows these commands:");
    expect(html).toContain('<pre class="command">npm test -- limit</pre>');
  });

  it("names every button", () => {
    for (const bodies of [WAITING, WORKING, FINISHED]) {
      const buttons = draw(bodies).match(/<(vscode-button|button)[^>]*>.*?<\/\1>/gs) ?? [];
      expect(buttons.length).toBeGreaterThan(1);
      for (const button of buttons) {
        const text = button
          .replace(/<svg.*?<\/svg>/gs, "")
          .replace(/<[^>]*>/g, "")
          .trim();
        expect(/aria-label="[^"]+"/.test(button) || text !== "", button).toBe(true);
      }
    }
  });

  it("offers the plan as a table with heads for rows and columns", () => {
    const html = draw(WORKING);
    expect(html).toContain('<th scope="col">Done when</th>');
    expect(html).toContain('<th scope="row">Limit the notes in the service');
  });

  it("offers to decide about the change only when the run has ended", () => {
    const ready = FINISHED.slice(0, -1);
    expect(draw(ready)).not.toContain("Accept all");
    expect(draw(FINISHED)).toContain('aria-label="Accept 4 files"');
    expect(draw(FINISHED)).toContain('aria-label="Discard src/server.js"');
  });

  it("lists conflicts where they cannot be missed", () => {
    const conflicts = [{ path: "src/server.js", reason: "changed since the run began" }];
    const html = draw([...FINISHED, { type: "changes.conflicted", conflicts }]);
    expect(html).toMatch(/role="alert"[^>]*class="conflicts"/);
    expect(html).toContain("Nothing was written.");
  });

  it("shows an error with its hint and its action", () => {
    const error = { code: "model.key_refused", message: "Refused.", hint: "Check the key.", action: "setKey" };
    const html = draw([CREATED, { type: "run.finished", status: "failed", summary: "", error }]);
    expect(html).toContain("Check the key.");
    expect(html).toContain("Set Key…");
    expect(html).toContain("Resume");
  });

  it("shows no button for an action it does not know", () => {
    const error = { code: "x", message: "Odd.", hint: "None.", action: "formatDisk" };
    const html = draw([CREATED, { type: "run.finished", status: "failed", summary: "", error }]);
    expect(html).not.toContain("formatDisk");
  });

  it("draws text of the model and of files as text", () => {
    const html = draw([
      { ...CREATED, prompt: "<script>alert(1)</script>" } as RunEventBody,
      { type: "run.answered", text: "<img src=x onerror=alert(1)>" },
      { type: "run.finished", status: "done", summary: "" },
    ]);
    expect(html).not.toMatch(/<(script|img)/);
  });
});
