/** A picture with its caption, fitted into its place or at its own size, where it scrolls. */
import { type ReactNode, useState } from "react";

export interface FigureProps {
  readonly title: string;
  /** An address of the page's own: data. */
  readonly address: string;
  /** What a person who does not see it should know. */
  readonly alt: string;
  readonly width: number;
  readonly height: number;
  readonly aside?: ReactNode;
  /** Below the picture. */
  readonly children?: ReactNode;
}

export function Figure({ title, address, alt, width, height, aside, children }: FigureProps): ReactNode {
  const [isFitted, setFitted] = useState(true);
  return (
    <figure className="figure-frame">
      <figcaption>
        <span className="figure-title">{title}</span>
        {aside}
        <button
          type="button"
          className="link figure-size"
          onClick={() => setFitted(!isFitted)}
          aria-label={`${isFitted ? "Own size" : "Fit"}: ${title}`}
        >
          {isFitted ? "Own size" : "Fit"}
        </button>
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      {/* biome-ignore lint/a11y/useSemanticElements: no element says "what scrolls" */}
      <div className="figure-place" tabIndex={0} role="group" aria-label={`${title}, picture`}>
        <img
          className={isFitted ? "fitted" : "own-size"}
          src={address}
          alt={alt}
          width={Math.ceil(width)}
          height={Math.ceil(height)}
        />
      </div>
      {children}
    </figure>
  );
}
