/** The timeline: follows its end while the reader is there, and loads older pages when the reader goes back. */
import { type ReactNode, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { RunState } from "../../protocol/run-state.ts";
import { Button } from "../controls/button.tsx";
import { useIsPending, usePanel } from "../state/panel-context.tsx";
import { StepView } from "./step-view.tsx";
import { timelineSteps } from "./timeline.ts";

const NEAR_PX = 80;
/** Kept in place of a position: the end, wherever that is by then. */
const AT_END = -1;

export function Steps({ run, scroller }: { readonly run: RunState; readonly scroller: HTMLElement | null }): ReactNode {
  const { state, send } = usePanel();
  const steps = useMemo(() => timelineSteps(state.events), [state.events]);
  const first = state.events[0]?.seq ?? 1;
  const { isFollowing, follow } = useFollowing(scroller, first);
  return (
    <section className="steps" aria-labelledby="steps-title">
      <div className="steps-head">
        <h2 id="steps-title">Steps</h2>
        <span className="muted">{run.seq} events</span>
      </div>
      {first > 1 ? <OlderButton before={first} scroller={scroller} /> : null}
      <ol className="timeline" aria-label="Steps of the run">
        {steps.map((step) => (
          <li key={step.id} data-seq={step.seq} className={`step step-of-${step.kind}`}>
            <StepView step={step} />
          </li>
        ))}
      </ol>
      {isFollowing && state.atEnd ? null : (
        <div className="to-end">
          <Button
            onPress={() => {
              if (!state.atEnd) send({ type: "latest" });
              follow();
            }}
          >
            ↓ Latest
          </Button>
        </div>
      )}
    </section>
  );
}

function OlderButton({
  before,
  scroller,
}: {
  readonly before: number;
  readonly scroller: HTMLElement | null;
}): ReactNode {
  const { send } = usePanel();
  const isPending = useIsPending("page");
  const place = useRef<HTMLDivElement>(null);
  // Reaching the top is asking for what comes before it.
  useEffect(() => {
    if (place.current === null || isPending) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && send({ type: "page", before }),
      { root: scroller },
    );
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [send, before, isPending, scroller]);
  return (
    <div ref={place} className="older">
      <Button disabled={isPending} onPress={() => send({ type: "page", before })}>
        {isPending ? "Loading…" : "Show earlier steps"}
      </Button>
    </div>
  );
}

/**
 * Stays at the end while the reader is at the end. When older steps are put above, what the reader sees stays where it is;
 * after a reload the reader is where they were.
 */
function useFollowing(scroller: HTMLElement | null, first: number): { isFollowing: boolean; follow(): void } {
  const { saved, keepScroll, state } = usePanel();
  const savedTop = saved?.scroll["steps"] ?? AT_END;
  const [isFollowing, setFollowing] = useState(savedTop === AT_END);
  /** How it was when it was last drawn; where the reader is is asked of the element, which knows it before any event. */
  const drawn = useRef<{ first: number; height: number } | null>(null);
  const wantsEnd = useRef(savedTop === AT_END);

  useEffect(() => {
    if (scroller === null) return;
    const onScroll = () => {
      const isAtEnd = distanceToEnd(scroller, scroller.scrollHeight) < NEAR_PX;
      setFollowing(isAtEnd);
      keepScroll("steps", isAtEnd ? AT_END : scroller.scrollTop);
    };
    scroller.addEventListener("scroll", onScroll, { passive: true });
    return () => scroller.removeEventListener("scroll", onScroll);
  }, [scroller, keepScroll]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: runs after every change of what is drawn
  useLayoutEffect(() => {
    if (scroller === null || state.events.length === 0) return;
    const before = drawn.current;
    const wasAtEnd = before !== null && distanceToEnd(scroller, before.height) < NEAR_PX;
    if (wantsEnd.current || wasAtEnd) scroller.scrollTop = scroller.scrollHeight;
    else if (before === null) scroller.scrollTop = savedTop;
    else if (first < before.first) scroller.scrollTop += scroller.scrollHeight - before.height;
    wantsEnd.current = false;
    drawn.current = { first, height: scroller.scrollHeight };
  }, [scroller, state.events, state.streams, state.run, first]);

  const follow = () => {
    wantsEnd.current = true;
    scroller?.scrollTo({ top: scroller.scrollHeight });
  };
  return { isFollowing, follow };
}

function distanceToEnd(element: HTMLElement, height: number): number {
  return height - element.scrollTop - element.clientHeight;
}
