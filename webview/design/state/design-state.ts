/** What the design page knows, as a pure reducer over the host's messages, what was sent, and what a person types. */
import type { DesignPanelRequest, DesignPanelRequestType } from "../../../protocol/design/panel.ts";
import type { DesignPanelMessage } from "../../../protocol/design/panel-messages.ts";
import type { DesignView } from "../../../protocol/design/view.ts";
import type { ErrorValue } from "../../../protocol/errors.ts";
import type { Draft, Remark } from "../host.ts";

export type Picture =
  | { readonly status: "loading" }
  | { readonly status: "shown"; readonly png: string }
  | { readonly status: "failed"; readonly error: ErrorValue };

export interface DesignState {
  readonly view: DesignView | null;
  readonly run: Extract<DesignPanelMessage, { type: "view" }>["run"];
  /** Screenshots by their artifact or path; the latest 60. */
  readonly pictures: Readonly<Record<string, Picture>>;
  readonly drafts: readonly Draft[];
  /** The latest 20. */
  readonly remarks: readonly Remark[];
  /** The draft as it was sent to be saved last: what was typed since is in no file yet. */
  readonly saving: Draft | null;
  readonly connection: { readonly state: "connecting" | "connected"; readonly error: ErrorValue | null };
  /** Requests that were sent and not settled yet. */
  readonly pending: readonly DesignPanelRequestType[];
  /** The last request that failed, until it is dismissed or another is sent. */
  readonly problem: ErrorValue | null;
  /** The document that was saved last; null once another edit begins. */
  readonly saved: string | null;
}

export type DesignAction =
  | DesignPanelMessage
  | { readonly type: "sent"; readonly request: DesignPanelRequest }
  | { readonly type: "dismissed" }
  /** A draft begins or goes on; null text ends it. */
  | { readonly type: "drafted"; readonly path: string; readonly hash: string; readonly text: string | null }
  | { readonly type: "remarked"; readonly questionId: string; readonly text: string | null };

const MOST_PICTURES = 60;
const MOST_REMARKED = 20;

export function emptyDesign(drafts: readonly Draft[] = [], remarks: readonly Remark[] = []): DesignState {
  return {
    view: null,
    run: null,
    pictures: {},
    drafts,
    remarks,
    saving: null,
    connection: { state: "connecting", error: null },
    pending: [],
    problem: null,
    saved: null,
  };
}

export function designReducer(state: DesignState, action: DesignAction): DesignState {
  switch (action.type) {
    case "view":
      return { ...state, view: action.view, run: action.run, pictures: shownPictures(state.pictures) };
    case "picture":
      return withPicture(state, action.key, pictureOf(action));
    case "saved": {
      const { path, hash } = action;
      const sent = state.saving?.path === path ? state.saving.text : undefined;
      // What a person typed while it was saved goes on from what was saved.
      const drafts = state.drafts.flatMap((draft): Draft[] => {
        if (draft.path !== path) return [draft];
        return sent === undefined || draft.text === sent ? [] : [{ ...draft, hash }];
      });
      return { ...state, drafts, saving: null, saved: path };
    }
    case "connection":
      return { ...state, connection: { state: action.state, error: action.error } };
    case "settled": {
      const pending = state.pending.filter((type) => type !== action.request);
      return { ...state, pending, problem: action.error ?? state.problem };
    }
    case "sent":
      return withRequest(state, action.request);
    case "dismissed":
      return { ...state, problem: null };
    case "drafted": {
      const { path, hash, text } = action;
      const others = state.drafts.filter((draft) => draft.path !== path);
      return { ...state, drafts: text === null ? others : [...others, { path, hash, text }], saved: null };
    }
    case "remarked": {
      const { questionId, text } = action;
      const others = state.remarks.filter((remark) => remark.questionId !== questionId);
      return { ...state, remarks: text === null ? others : [...others, { questionId, text }].slice(-MOST_REMARKED) };
    }
  }
}

/** A picture is asked for by its artifact where it has one, else by its path. */
export function pictureKey({
  artifact,
  path,
}: {
  readonly artifact: string | null;
  readonly path: string | null;
}): string {
  return artifact ?? path ?? "";
}

function pictureOf({ png, error }: Extract<DesignPanelMessage, { type: "picture" }>): Picture | undefined {
  if (png !== null) return { status: "shown", png };
  return error === null ? undefined : { status: "failed", error };
}

/** Without those that failed: whoever looks at one asks again. */
function shownPictures(pictures: DesignState["pictures"]): DesignState["pictures"] {
  return Object.fromEntries(Object.entries(pictures).filter(([, { status }]) => status !== "failed"));
}

function withPicture(state: DesignState, key: string, picture: Picture | undefined): DesignState {
  if (picture === undefined) return state;
  const others = Object.entries(state.pictures).filter(([other]) => other !== key);
  return { ...state, pictures: Object.fromEntries([...others, [key, picture] as const].slice(-MOST_PICTURES)) };
}

function withRequest(state: DesignState, request: DesignPanelRequest): DesignState {
  const pending = [...state.pending.filter((type) => type !== request.type), request.type];
  switch (request.type) {
    case "picture":
      // The page asks for it by itself: what a person tried before and failed still stands.
      return withPicture({ ...state, pending }, pictureKey(request), { status: "loading" });
    case "refresh":
      return { ...state, pending, problem: null, pictures: {} };
    case "save": {
      const { path, hash, text } = request;
      return { ...state, pending, problem: null, saving: { path, hash, text } };
    }
    default:
      return { ...state, pending, problem: null };
  }
}
