/** Gives every part of the page the run's state and the ways to act on it. */
import { createContext, useContext } from "react";
import type { PanelRequest, PanelRequestType } from "../../protocol/panel.ts";
import type { SavedView } from "../host.ts";
import type { PanelState } from "./panel-state.ts";

export interface Panel {
  readonly state: PanelState;
  readonly saved: SavedView | undefined;
  /** Of what is kept through a reload: the parts that other places change. */
  readonly view: Pick<SavedView, "draft" | "planView">;
  send(request: PanelRequest): void;
  dismissProblem(): void;
  setView(change: Partial<Panel["view"]>): void;
  /** The place of something that scrolls, for the next reload. */
  keepScroll(name: string, top: number): void;
}

export const PanelContext = createContext<Panel | null>(null);

export function usePanel(): Panel {
  const panel = useContext(PanelContext);
  if (panel === null) throw new Error("usePanel needs a PanelContext around it");
  return panel;
}

/** True while a request of that type is under way. */
export function useIsPending(...types: PanelRequestType[]): boolean {
  const { pending } = usePanel().state;
  return types.some((type) => pending.includes(type));
}
