/** Connects the page to its host: messages into the state, and what is to survive a reload into the host's keeping. */
import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from "react";
import type { DesignPanelRequest } from "../../../protocol/design/panel.ts";
import type { DesignHost, SavedDesignView } from "../host.ts";
import type { Design } from "./design-context.tsx";
import { designReducer, emptyDesign } from "./design-state.ts";

const SAVE_MS = 200;

export function useDesignStore(host: DesignHost, source: string): Design {
  const [state, dispatch] = useReducer(designReducer, emptyDesign(host.saved?.drafts, host.saved?.remarks));
  const [place, setPlace] = useState<Pick<SavedDesignView, "tab" | "document">>({
    tab: host.saved?.tab ?? "requirements",
    document: host.saved?.document ?? null,
  });
  const timer = useRef<number | undefined>(undefined);
  const { drafts, remarks } = state;

  const send = useCallback(
    (request: DesignPanelRequest) => {
      dispatch({ type: "sent", request });
      host.send(request);
    },
    [host],
  );
  useEffect(() => {
    const stop = host.onMessage(dispatch);
    send({ type: "ready" });
    return stop;
  }, [host, send]);
  useEffect(() => {
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => host.save({ source, ...place, drafts, remarks }), SAVE_MS);
  }, [host, source, place, drafts, remarks]);

  return useMemo(
    () => ({
      state,
      ...place,
      send,
      dismissProblem: () => dispatch({ type: "dismissed" }),
      draft: (path, hash, text) => dispatch({ type: "drafted", path, hash, text }),
      remark: (questionId, text) => dispatch({ type: "remarked", questionId, text }),
      show: (tab) => setPlace((present) => ({ ...present, tab })),
      showDocument: (document) => setPlace({ tab: "documents", document }),
    }),
    [state, place, send],
  );
}
