/** Connects the page to its host: messages into the state, and what is to survive a reload into the host's keeping. */
import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from "react";
import type { PanelRequest } from "../../protocol/panel.ts";
import type { Host, SavedView } from "../host.ts";
import type { Panel } from "./panel-context.tsx";
import { EMPTY_PANEL, panelReducer } from "./panel-state.ts";

const SAVE_MS = 200;

export function usePanelStore(host: Host, initialRun: string): Panel {
  const [state, dispatch] = useReducer(panelReducer, EMPTY_PANEL);
  const [view, setWholeView] = useState<Panel["view"]>({
    draft: host.saved?.draft ?? "",
    planView: host.saved?.planView ?? "graph",
  });
  const scroll = useRef<Record<string, number>>({ ...host.saved?.scroll });
  const timer = useRef<number | undefined>(undefined);

  const runId = state.run?.runId ?? host.saved?.runId ?? initialRun;
  const from = state.events[0]?.seq ?? host.saved?.from ?? null;
  const latest = useRef<Omit<SavedView, "scroll">>({ runId, from, ...view });
  latest.current = { runId, from, ...view };

  const save = useCallback(() => {
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => host.save({ ...latest.current, scroll: scroll.current }), SAVE_MS);
  }, [host]);
  const send = useCallback(
    (request: PanelRequest) => {
      dispatch({ type: "sent", request });
      host.send(request);
    },
    [host],
  );

  useEffect(() => {
    const stop = host.onMessage(dispatch);
    send({ type: "ready", from: host.saved?.from ?? null });
    return stop;
  }, [host, send]);
  useEffect(() => {
    if (state.outOfStep) send({ type: "latest" });
  }, [state.outOfStep, send]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is saved is read when it is saved; these say when
  useEffect(save, [runId, from, view, save]);

  return useMemo(
    () => ({
      state,
      saved: host.saved,
      view,
      send,
      dismissProblem: () => dispatch({ type: "dismissed" }),
      setView: (change) => setWholeView((present) => ({ ...present, ...change })),
      keepScroll: (name, top) => {
        scroll.current = { ...scroll.current, [name]: top };
        save();
      },
    }),
    [state, host, view, send, save],
  );
}
