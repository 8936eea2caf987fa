/** The page's one door to its host: messages out, checked messages in, and a state that survives a reload. */
import type { PanelRequest } from "../protocol/panel.ts";
import { type PanelMessage, readPanelMessage } from "../protocol/panel-messages.ts";

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare const acquireVsCodeApi: () => VsCodeApi;

/** What the page finds again after a reload of the window. */
export interface SavedView {
  readonly runId: string;
  /** Number of the first event that was shown. */
  readonly from: number | null;
  /** Scroll positions in pixels by the name of what scrolls. */
  readonly scroll: Readonly<Record<string, number>>;
  readonly draft: string;
  readonly planView: "graph" | "list";
}

export interface Host {
  readonly saved: SavedView | undefined;
  send(request: PanelRequest): void;
  save(view: SavedView): void;
  onMessage(listener: (message: PanelMessage) => void): () => void;
}

export function createHost(): Host {
  const api = acquireVsCodeApi();
  return {
    saved: readSavedView(api.getState()),
    send: (request) => api.postMessage(request),
    save: (view) => api.setState(view),
    onMessage(listener) {
      const receive = (event: MessageEvent<unknown>) => {
        const message = readPanelMessage(event.data);
        if (message !== undefined) listener(message);
      };
      window.addEventListener("message", receive);
      return () => window.removeEventListener("message", receive);
    },
  };
}

/** Undefined for anything but a view that this page, or an earlier build of it, has saved. */
export function readSavedView(value: unknown): SavedView | undefined {
  const fields = entries(value);
  const runId = fields.get("runId");
  if (typeof runId !== "string") return undefined;
  const from = fields.get("from");
  const scroll = [...entries(fields.get("scroll"))].flatMap(([name, top]): [string, number][] =>
    typeof top === "number" ? [[name, top]] : [],
  );
  const draft = fields.get("draft");
  return {
    runId,
    from: typeof from === "number" && Number.isSafeInteger(from) && from >= 1 ? from : null,
    scroll: Object.fromEntries(scroll),
    draft: typeof draft === "string" ? draft : "",
    planView: fields.get("planView") === "list" ? "list" : "graph",
  };
}

function entries(value: unknown): Map<string, unknown> {
  return new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);
}
