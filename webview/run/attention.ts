import { type RefObject, useEffect, useRef } from "react";

/** Brings a question into view, and takes the focus only when nothing else has it. */
export function useAttention(): RefObject<HTMLDivElement | null> {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    place.current?.scrollIntoView({ block: "nearest" });
    if (document.activeElement === document.body) place.current?.focus({ preventScroll: true });
  }, []);
  return place;
}
