/** Each screen as it was designed beside what was built, at each width, with what a real browser found. */
import { type ReactNode, useMemo } from "react";
import type { DesignCheck } from "../../../protocol/design/view.ts";
import { plural } from "../../format.ts";
import { Icon } from "../../icons.tsx";
import type { StatusLook } from "../../run/status.ts";
import { Figure } from "../diagram/figure.tsx";
import { svgAddress } from "../diagram/picture-of.ts";
import { usePage } from "../parts/pager.tsx";
import { Nothing, Section } from "../parts/section.tsx";
import { useView } from "../state/design-context.tsx";
import { type ScreenPair, screenPairs, svgSize } from "./pairs.ts";
import { Screenshot } from "./screenshot.tsx";

const OUTCOMES: Record<DesignCheck["checks"][number]["outcome"], StatusLook> = {
  passed: { label: "passed", icon: "check", tone: "good" },
  failed: { label: "failed", icon: "cross", tone: "bad" },
  skipped: { label: "skipped", icon: "chevron", tone: "plain" },
};

const CHECK_WORDS: Readonly<Record<string, string>> = {
  renders: "Renders without error",
  accessibility: "Accessibility",
  keyboard: "Keyboard order",
  contrast: "Contrast",
  narrow: "Narrow screen",
  wide: "Wide screen",
};

export function Screens(): ReactNode {
  const { wireframes, checks, documents } = useView();
  const { pairs, others } = useMemo(() => screenPairs(wireframes, checks, documents), [wireframes, checks, documents]);
  const page = usePage(pairs, "screens");
  const components = usePage(others, "components");
  if (pairs.length === 0 && others.length === 0)
    return <Nothing>There are no screens yet: no UI design, and nothing built that was looked at.</Nothing>;
  return (
    <>
      {page.items.map((pair) => (
        <Screen key={pair.wireframe.screen} pair={pair} />
      ))}
      {page.pager}
      {others.length === 0 ? null : (
        <Section title="Components and pages" aside={plural(others.length, "target")}>
          <div className="component-checks">
            {components.items.map((check) => (
              <article key={check.target} className="component-check" aria-label={check.target}>
                <h3>{check.target}</h3>
                <Checks check={check} />
                <div className="shots">
                  {check.screenshots.map((shot) => (
                    <Screenshot key={shot.width} of={check.target} shot={shot} />
                  ))}
                </div>
              </article>
            ))}
          </div>
          {components.pager}
        </Section>
      )}
    </>
  );
}

function Screen({ pair }: { readonly pair: ScreenPair }): ReactNode {
  const { wireframe, route, check } = pair;
  const size = svgSize(wireframe.svg);
  return (
    <Section title={wireframe.title} aside={route === "" ? wireframe.screen : `${wireframe.screen} · ${route}`}>
      {check === undefined ? null : <Checks check={check} />}
      <div className="screen-pair">
        <Figure
          title="Wireframe"
          address={svgAddress(wireframe.svg)}
          alt={`Wireframe of ${wireframe.title}`}
          {...size}
        />
        {check === undefined ? (
          <div className="figure-frame figure-wait">
            <p className="muted">Not built yet, or not looked at in a browser.</p>
          </div>
        ) : (
          check.screenshots.map((shot) => <Screenshot key={shot.width} of={wireframe.title} shot={shot} />)
        )}
      </div>
    </Section>
  );
}

function Checks({ check }: { readonly check: DesignCheck }): ReactNode {
  return (
    <ul className="checks" aria-label={`Checks of ${check.target}`}>
      {check.checks.map(({ name, outcome, detail }) => {
        const look = OUTCOMES[outcome];
        return (
          <li key={name} className={`check tone-${look.tone}`} title={detail}>
            <Icon name={look.icon} />
            <span>
              {CHECK_WORDS[name] ?? name}
              <span className={outcome === "passed" ? "reader-only" : "check-outcome"}>{`: ${look.label}`}</span>
            </span>
            {outcome === "passed" || detail === "" ? null : <span className="muted">{detail}</span>}
          </li>
        );
      })}
    </ul>
  );
}
