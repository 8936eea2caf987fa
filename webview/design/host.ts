/** The design page's one door to its host: messages out, checked messages in, and what survives a reload. */
import type { DesignPanelRequest } from "../../protocol/design/panel.ts";
import { type DesignPanelMessage, readDesignPanelMessage } from "../../protocol/design/panel-messages.ts";

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare const acquireVsCodeApi: () => VsCodeApi;

export const TABS = ["requirements", "architecture", "tasks", "traces", "screens", "documents"] as const;
export type Tab = (typeof TABS)[number];

/** An edit that is not saved yet: the text, and the hash of what it was made from. */
export interface Draft {
  readonly path: string;
  readonly hash: string;
  readonly text: string;
}

/** Remarks on a document that are not sent yet, by the question that its gate asks. */
export interface Remark {
  readonly questionId: string;
  readonly text: string;
}

/** What the page finds again after a reload of the window, or after it was hidden behind another editor. */
export interface SavedDesignView {
  /** Where the documents come from, as the host wrote it into the page. */
  readonly source: string;
  readonly tab: Tab;
  /** The document that is shown under Documents. */
  readonly document: string | null;
  readonly drafts: readonly Draft[];
  readonly remarks: readonly Remark[];
}

export interface DesignHost {
  readonly saved: SavedDesignView | undefined;
  send(request: DesignPanelRequest): void;
  save(view: SavedDesignView): void;
  onMessage(listener: (message: DesignPanelMessage) => void): () => void;
}

export function createDesignHost(): DesignHost {
  const api = acquireVsCodeApi();
  return {
    saved: readSavedDesignView(api.getState()),
    send: (request) => api.postMessage(request),
    save: (view) => api.setState(view),
    onMessage(listener) {
      const receive = (event: MessageEvent<unknown>) => {
        const message = readDesignPanelMessage(event.data);
        if (message !== undefined) listener(message);
      };
      window.addEventListener("message", receive);
      return () => window.removeEventListener("message", receive);
    },
  };
}

/** Undefined for anything but a view that this page, or an earlier build of it, has saved. */
export function readSavedDesignView(value: unknown): SavedDesignView | undefined {
  const fields = entries(value);
  const source = fields.get("source");
  if (typeof source !== "string") return undefined;
  const document = fields.get("document");
  const [drafts, remarks] = [fields.get("drafts"), fields.get("remarks")];
  return {
    source,
    tab: TABS.find((tab) => tab === fields.get("tab")) ?? "requirements",
    document: typeof document === "string" ? document : null,
    drafts: Array.isArray(drafts) ? drafts.flatMap(readDraft) : [],
    remarks: Array.isArray(remarks) ? remarks.flatMap(readRemark) : [],
  };
}

function readDraft(value: unknown): Draft[] {
  const [path, hash, text] = ["path", "hash", "text"].map((name) => entries(value).get(name));
  const isWhole = typeof path === "string" && typeof hash === "string" && typeof text === "string";
  return isWhole ? [{ path, hash, text }] : [];
}

function readRemark(value: unknown): Remark[] {
  const [questionId, text] = ["questionId", "text"].map((name) => entries(value).get(name));
  return typeof questionId === "string" && typeof text === "string" ? [{ questionId, text }] : [];
}

function entries(value: unknown): Map<string, unknown> {
  return new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);
}
