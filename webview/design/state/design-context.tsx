/** Gives every part of the design page its view and the ways to act on it. */
import { createContext, useContext } from "react";
import type { DesignPanelRequest, DesignPanelRequestType } from "../../../protocol/design/panel.ts";
import type { DesignView } from "../../../protocol/design/view.ts";
import type { Tab } from "../host.ts";
import type { DesignState } from "./design-state.ts";

export interface Design {
  readonly state: DesignState;
  readonly tab: Tab;
  /** The path of the document that is shown under Documents; null: the first. */
  readonly document: string | null;
  send(request: DesignPanelRequest): void;
  dismissProblem(): void;
  draft(path: string, hash: string, text: string | null): void;
  /** Remarks on the document that the question is about; null ends them. */
  remark(questionId: string, text: string | null): void;
  show(tab: Tab): void;
  /** Turns to a document under Documents. */
  showDocument(path: string): void;
}

export const DesignContext = createContext<Design | null>(null);

export function useDesign(): Design {
  const design = useContext(DesignContext);
  if (design === null) throw new Error("useDesign needs a DesignContext around it");
  return design;
}

/** The view, in parts of the page that are drawn only when there is one. */
export function useView(): DesignView {
  const { view } = useDesign().state;
  if (view === null) throw new Error("useView needs a view");
  return view;
}

/** True while a request of that type is under way. */
export function useIsPending(...types: DesignPanelRequestType[]): boolean {
  const { pending } = useDesign().state;
  return types.some((type) => pending.includes(type));
}
