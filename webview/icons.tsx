/** The few icons of the page, drawn in the text's colour. Always beside words, so they are hidden from readers. */
import type { ReactNode } from "react";

const PATHS = {
  check: "M3 8.5 6.5 12 13 4.5",
  cross: "M4 4l8 8M12 4l-8 8",
  stop: "M4.5 4.5h7v7h-7z",
  play: "M5 3.5v9l7-4.5z",
  pause: "M5.5 4v8M10.5 4v8",
  clock: "M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11M8 5v3.2l2 1.3",
  bell: "M8 2.5a3.6 3.6 0 0 0-3.6 3.6c0 3.2-1.4 4.4-1.4 4.4h10s-1.4-1.2-1.4-4.4A3.6 3.6 0 0 0 8 2.5M6.8 12.8a1.3 1.3 0 0 0 2.4 0",
  warning: "M8 2.5 14 13H2zM8 6.5v3M8 11.2v.1",
  read: "M2.5 4.2C4.6 3 6.6 3.2 8 4.4c1.4-1.2 3.4-1.4 5.5-.2v8.3c-2.1-1.2-4.1-1-5.5.2-1.4-1.2-3.4-1.4-5.5-.2zM8 4.4v8.3",
  eye: "M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8M8 6.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6",
  edit: "M3 13l.6-2.8 7-7 2.2 2.2-7 7zM9.2 4.6l2.2 2.2",
  terminal: "M2.5 3.5h11v9h-11zM5 6.5 7 8 5 9.5M8.5 10h2.5",
  search: "M7 2.8a4.2 4.2 0 1 0 0 8.4 4.2 4.2 0 0 0 0-8.4M10.2 10.2 13.5 13.5",
  list: "M5.5 4.5h8M5.5 8h8M5.5 11.5h8M2.5 4.5h.1M2.5 8h.1M2.5 11.5h.1",
  graph:
    "M5.5 4.5h5M4.5 5.5 7.3 10M11.5 5.5 8.7 10M4 3a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3M12 3a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3M8 10a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3",
  spark: "M8 2.5 9.4 6.6 13.5 8 9.4 9.4 8 13.5 6.6 9.4 2.5 8 6.6 6.6z",
  diff: "M8 3v6M5 6h6M5 12.5h6",
  open: "M6 3.5H3.5v9h9V10M8.5 3.5h4v4M12.3 3.7 7.5 8.5",
  chevron: "M6 4l4 4-4 4",
  send: "M2.5 8 13.5 3 10.5 13 7.5 9z",
  message: "M2.5 3.5h11v7.5H7l-3 2.5v-2.5H2.5z",
  discard: "M3.5 6.5h6a3 3 0 0 1 0 6H6M3.5 6.5 6 4M3.5 6.5 6 9",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }): ReactNode {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
