import { type ReactNode, useId } from "react";

/** A titled part of a tab; a landmark that readers can jump to. */
export function Section(props: {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}): ReactNode {
  const id = useId();
  return (
    <section className="design-section" aria-labelledby={id}>
      <div className="design-section-head">
        <h2 id={id}>{props.title}</h2>
        {props.aside === undefined ? null : <span className="muted">{props.aside}</span>}
        {props.actions === undefined ? null : <span className="card-actions">{props.actions}</span>}
      </div>
      {props.children}
    </section>
  );
}

/** What a tab shows when there is nothing to show. */
export function Nothing({ children }: { readonly children: ReactNode }): ReactNode {
  return <p className="nothing muted">{children}</p>;
}
