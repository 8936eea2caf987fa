import { type ReactNode, useId } from "react";
import { Icon, type IconName } from "../icons.tsx";

export interface CardProps {
  readonly title: string;
  readonly icon: IconName;
  readonly tone?: "busy" | "wait" | "good" | "bad" | "plain";
  /** Small figures beside the title. */
  readonly aside?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A titled part of the page; a landmark that readers can jump to. */
export function Card({ title, icon, tone = "plain", aside, actions, children }: CardProps): ReactNode {
  const id = useId();
  return (
    <section className={`card tone-${tone}`} aria-labelledby={id}>
      <div className="card-head">
        <Icon name={icon} />
        <h2 id={id}>{title}</h2>
        {aside === undefined ? null : <span className="muted">{aside}</span>}
        {actions === undefined ? null : <span className="card-actions">{actions}</span>}
      </div>
      {children}
    </section>
  );
}
