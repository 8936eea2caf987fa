/** The page's tabs, as the pattern for tabs wants them: one stop for the Tab key, arrows between them. */
import { type KeyboardEvent, type ReactNode, useId, useRef } from "react";
import { TABS, type Tab } from "./host.ts";

export interface TabLabel {
  readonly name: string;
  /** A figure beside the name, with what it counts. */
  readonly count?: { readonly text: string; readonly meaning: string; readonly tone: "plain" | "wait" | "bad" };
}

export function Tabs(props: {
  readonly tab: Tab;
  readonly labels: Readonly<Record<Tab, TabLabel>>;
  readonly onShow: (tab: Tab) => void;
  readonly children: ReactNode;
}): ReactNode {
  const { tab, labels, onShow, children } = props;
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent) => {
    const next = tabAfter(tab, event.key);
    if (next === undefined) return;
    event.preventDefault();
    onShow(next);
    list.current?.querySelector<HTMLElement>(`[data-tab="${next}"]`)?.focus();
  };
  return (
    <>
      <div className="tabs" role="tablist" aria-label="Parts of the design" ref={list} onKeyDown={move}>
        {TABS.map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`${id}${name}`}
            data-tab={name}
            aria-selected={name === tab}
            aria-controls={`${id}panel`}
            tabIndex={name === tab ? 0 : -1}
            onClick={() => onShow(name)}
          >
            {labels[name].name}
            <Count {...labels[name]} />
          </button>
        ))}
      </div>
      <div className="tab-panel" role="tabpanel" id={`${id}panel`} aria-labelledby={`${id}${tab}`}>
        {children}
      </div>
    </>
  );
}

function Count({ count }: TabLabel): ReactNode {
  if (count === undefined) return null;
  return (
    <>
      <span className={`tab-count tone-${count.tone}`} aria-hidden="true">
        {count.text}
      </span>
      <span className="reader-only">{`, ${count.meaning}`}</span>
    </>
  );
}

/** Undefined for a key that moves nothing. */
export function tabAfter(tab: Tab, key: string): Tab | undefined {
  const index = TABS.indexOf(tab);
  const step = (by: number) => TABS[(index + by + TABS.length) % TABS.length];
  switch (key) {
    case "ArrowRight":
      return step(1);
    case "ArrowLeft":
      return step(-1);
    case "Home":
      return TABS[0];
    case "End":
      return TABS.at(-1);
    default:
      return undefined;
  }
}
