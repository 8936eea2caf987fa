import { describe, expect, it } from "vitest";
import type { DesignPanelRequest } from "../../../protocol/design/panel.ts";
import { type DesignAction, designReducer, emptyDesign } from "../../../webview/design/state/design-state.ts";
import { SAMPLE_VIEW } from "./sample-view.ts";

const known = (...actions: DesignAction[]) => actions.reduce(designReducer, emptyDesign());
const sent = (request: DesignPanelRequest): DesignAction => ({ type: "sent", request });
const ERROR = { code: "edit.stale", message: "It changed.", hint: "Read it again." };

describe("what the design page knows", () => {
  it("is replaced as a whole by each view, but for what a person types", () => {
    const state = known(
      { type: "drafted", path: "docs/a.json", hash: "h1", text: "{}" },
      { type: "view", view: SAMPLE_VIEW, run: null },
      { type: "view", view: { ...SAMPLE_VIEW, documents: [] }, run: null },
    );
    expect(state.view?.documents).toEqual([]);
    expect(state.drafts).toEqual([{ path: "docs/a.json", hash: "h1", text: "{}" }]);
  });

  it("keeps a draft until it is saved or dropped, one for each document", () => {
    const first: DesignAction = { type: "drafted", path: "a", hash: "h", text: "1" };
    expect(known(first, { ...first, text: "2" }).drafts).toEqual([{ path: "a", hash: "h", text: "2" }]);
    expect(known(first, { ...first, text: null }).drafts).toEqual([]);
    const saved = known(first, { ...first, path: "b" }, { type: "saved", path: "a", hash: "h2", problems: [] });
    expect(saved.drafts.map(({ path }) => path)).toEqual(["b"]);
    expect(saved.saved).toBe("a");
  });

  it("keeps a draft whose save failed, and says why", () => {
    const state = known(
      { type: "drafted", path: "a", hash: "h", text: "mine" },
      sent({ type: "save", path: "a", hash: "h", text: "mine" }),
      { type: "settled", request: "save", error: ERROR },
    );
    expect(state.drafts[0]?.text).toBe("mine");
    expect(state.problem).toEqual(ERROR);
    expect(state.pending).toEqual([]);
  });

  it("keeps what is typed while a draft is saved, made from what was saved", () => {
    const state = known(
      { type: "drafted", path: "a", hash: "h", text: "mine" },
      sent({ type: "save", path: "a", hash: "h", text: "mine" }),
      { type: "drafted", path: "a", hash: "h", text: "mine, and more" },
      { type: "saved", path: "a", hash: "h2", problems: [] },
    );
    expect(state.drafts).toEqual([{ path: "a", hash: "h2", text: "mine, and more" }]);
  });

  it("keeps remarks by their question until they are dropped, and no more than twenty", () => {
    const first: DesignAction = { type: "remarked", questionId: "q1", text: "Shorter." };
    const state = known(first, { ...first, questionId: "q2" }, { type: "view", view: SAMPLE_VIEW, run: null });
    expect(state.remarks.map(({ questionId }) => questionId)).toEqual(["q1", "q2"]);
    expect(designReducer(state, { ...first, text: null }).remarks).toEqual([{ questionId: "q2", text: "Shorter." }]);
    const many = Array.from({ length: 30 }, (_, index): DesignAction => ({ ...first, questionId: `q${index}` }));
    expect(known(...many).remarks).toHaveLength(20);
  });

  it("still says what failed when a screenshot comes into view, and asks again for one that failed", () => {
    const picture = { type: "picture", artifact: null, path: "shots/a.png" } as const;
    const failed = known(
      sent({ type: "open", path: "a" }),
      { type: "settled", request: "open", error: ERROR },
      sent(picture),
      { type: "picture", key: "shots/a.png", png: null, error: ERROR },
    );
    expect(failed.problem).toEqual(ERROR);
    expect(designReducer(failed, { type: "view", view: SAMPLE_VIEW, run: null }).pictures).toEqual({});
    const shown = known({ type: "picture", key: "shots/a.png", png: "AAAA", error: null });
    expect(designReducer(shown, { type: "view", view: SAMPLE_VIEW, run: null }).pictures).toEqual(shown.pictures);
    expect(designReducer(shown, sent({ type: "refresh" })).pictures).toEqual({});
  });

  it("forgets a problem when something else is tried", () => {
    const failed = known(sent({ type: "refresh" }), { type: "settled", request: "refresh", error: ERROR });
    expect(designReducer(failed, sent({ type: "refresh" })).problem).toBeNull();
    expect(designReducer(failed, { type: "dismissed" }).problem).toBeNull();
  });

  it("holds pictures by artifact or path, and no more than sixty", () => {
    const loading = known(sent({ type: "picture", artifact: null, path: "shots/a.png" }));
    expect(loading.pictures).toEqual({ "shots/a.png": { status: "loading" } });
    const failed = designReducer(loading, { type: "picture", key: "shots/a.png", png: null, error: ERROR });
    expect(failed.pictures["shots/a.png"]).toEqual({ status: "failed", error: ERROR });
    const many = Array.from({ length: 70 }, (_, index): DesignAction => {
      return { type: "picture", key: `p${index}`, png: "AAAA", error: null };
    });
    expect(Object.keys(known(...many).pictures)).toHaveLength(60);
    expect(known(...many).pictures["p69"]).toEqual({ status: "shown", png: "AAAA" });
  });
});
