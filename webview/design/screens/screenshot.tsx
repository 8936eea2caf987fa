/** A screenshot of what was built. It is asked for when it comes into view, because pictures are large. */
import { type ReactNode, type RefObject, useEffect, useRef } from "react";
import type { DesignCheck } from "../../../protocol/design/view.ts";
import { Figure } from "../diagram/figure.tsx";
import { useDesign } from "../state/design-context.tsx";
import { pictureKey } from "../state/design-state.ts";

export function Screenshot(props: {
  readonly of: string;
  readonly shot: DesignCheck["screenshots"][number];
}): ReactNode {
  const { artifact, path, width, height } = props.shot;
  const { state, send } = useDesign();
  const key = pictureKey({ artifact, path });
  const picture = state.pictures[key];
  const isKnown = picture !== undefined;
  const place = useSeen(() => {
    if (!isKnown && key !== "") send({ type: "picture", artifact, path });
  }, `${key} ${isKnown}`);
  const title = `Built, ${width} px wide`;
  if (picture?.status === "shown")
    return (
      <Figure
        title={title}
        address={`data:image/png;base64,${picture.png}`}
        alt={`Screenshot of ${props.of} at ${width} by ${height} pixels`}
        width={width}
        height={height}
      />
    );
  return (
    <div className="figure-frame figure-wait" ref={place}>
      <p className="muted">
        {picture?.status === "failed"
          ? `The screenshot at ${width} px is gone: ${picture.error.message}`
          : `${title} …`}
      </p>
    </div>
  );
}

/** Calls once the place comes into view; again for another `key`: of another picture, or of one that was let go. */
function useSeen(onSeen: () => void, key: string): RefObject<HTMLDivElement | null> {
  const place = useRef<HTMLDivElement>(null);
  const latest = useRef(onSeen);
  latest.current = onSeen;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another key is another picture
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      latest.current();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [key]);
  return place;
}
