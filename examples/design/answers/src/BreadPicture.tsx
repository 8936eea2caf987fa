import type { Shape } from "./breads.ts";

const CRUST = "#b86b2c";
const LIGHT = "#e0a15c";
const DARK = "#7d4216";
const FLOUR = "#fbeedd";

const score = { stroke: FLOUR, strokeWidth: 4, strokeLinecap: "round", fill: "none" } as const;

const PICTURES: Readonly<Record<Shape, React.ReactNode>> = {
  loaf: (
    <>
      <ellipse cx="80" cy="66" rx="56" ry="36" fill={CRUST} />
      <ellipse cx="80" cy="60" rx="50" ry="29" fill={LIGHT} />
      <path d="M52 50q10 14 4 28M74 42q10 18 4 40M98 46q9 15 3 32" {...score} />
    </>
  ),
  baguette: (
    <g transform="rotate(-18 80 60)">
      <rect x="14" y="42" width="132" height="36" rx="18" fill={CRUST} />
      <rect x="20" y="45" width="120" height="26" rx="13" fill={LIGHT} />
      <path d="M40 50l14 16M66 50l14 16M92 50l14 16M118 50l10 14" {...score} />
    </g>
  ),
  pretzel: (
    <>
      <path
        d="M80 100C24 92 22 26 54 26s30 42 52 62M80 100c56-8 58-74 26-74S76 68 54 88"
        fill="none"
        stroke={CRUST}
        strokeWidth="17"
        strokeLinecap="round"
      />
      <path
        d="M80 99C28 90 26 29 54 29M80 99c52-9 54-70 26-70"
        fill="none"
        stroke={LIGHT}
        strokeWidth="6"
        strokeLinecap="round"
      />
      <g fill={FLOUR}>
        <circle cx="42" cy="60" r="2.5" />
        <circle cx="52" cy="86" r="2.5" />
        <circle cx="80" cy="100" r="2.5" />
        <circle cx="108" cy="86" r="2.5" />
        <circle cx="118" cy="60" r="2.5" />
      </g>
    </>
  ),
  bun: (
    <>
      <circle cx="80" cy="60" r="42" fill={LIGHT} />
      <path
        d="M80 60c8-8 18 2 12 12s-26 8-30-8 14-32 32-28 30 26 22 44-34 26-52 16"
        fill="none"
        stroke={DARK}
        strokeWidth="6"
        strokeLinecap="round"
      />
      <path d="M50 42q8-12 20-15" {...score} />
    </>
  ),
  roll: (
    <>
      <ellipse cx="80" cy="64" rx="46" ry="32" fill={CRUST} />
      <ellipse cx="80" cy="59" rx="40" ry="25" fill={LIGHT} />
      <path d="M46 58q34 12 68 0" {...score} />
      <g fill={DARK}>
        <circle cx="64" cy="48" r="2.4" />
        <circle cx="78" cy="44" r="2.4" />
        <circle cx="92" cy="48" r="2.4" />
        <circle cx="72" cy="72" r="2.4" />
        <circle cx="90" cy="74" r="2.4" />
        <circle cx="104" cy="68" r="2.4" />
      </g>
    </>
  ),
  croissant: (
    <>
      <path
        d="M22 84C18 46 52 22 80 22s62 24 58 62c-1 10-14 10-18 1-6-15-22-23-40-23s-34 8-40 23c-4 9-17 9-18-1z"
        fill={CRUST}
      />
      <path d="M38 60q-8 10-7 24M58 40q-10 12-10 28M80 32v32M102 40q10 12 10 28M122 60q8 10 7 24" {...score} />
    </>
  ),
};

/** A drawing for the eye only: the name stands beside it. */
export function BreadPicture({ shape }: { readonly shape: Shape }) {
  return (
    <svg className="bread-picture" viewBox="0 0 160 120" aria-hidden="true" focusable="false">
      {PICTURES[shape]}
    </svg>
  );
}
