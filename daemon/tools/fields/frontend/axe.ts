/** axe-core in a page: what of it people with impairments could not use. */
import { join } from "node:path";
import * as z from "zod/mini";
import { packageFolder } from "../../../host/packages.ts";
import { judgeProgram } from "../../../host/programs.ts";
import { readTextNow } from "../../../host/sync-files.ts";

const Violations = z.array(
  z.object({
    id: z.string(),
    impact: z.nullable(z.optional(z.string())),
    help: z.string(),
    nodes: z.array(
      z.object({ target: z.array(z.unknown()), html: z.string(), failureSummary: z.optional(z.string()) }),
    ),
  }),
);

export interface Violation {
  /** axe's rule: `color-contrast`. */
  readonly id: string;
  /** minor, moderate, serious or critical. */
  readonly impact: string;
  readonly help: string;
  /** CSS selector. */
  readonly target: string;
  readonly html: string;
}

const RUN = `axe.run(document, { resultTypes: ["violations"], elementRef: false }).then(({ violations }) =>
  violations.slice(0, 60).map(({ id, impact, help, nodes }) => ({ id, impact, help,
    nodes: nodes.slice(0, 20).map(({ target, html }) => ({ target, html: html.slice(0, 300) })) })))`;

/** The expressions that make a page look at itself; undefined where axe-core is not installed. */
export function axeExpressions(): readonly string[] | undefined {
  const source = sourceOfAxe();
  return source === undefined ? undefined : [`${source};0`, RUN];
}

function sourceOfAxe(): string | undefined {
  // The bundle has it among its programs.
  const beside = readTextNow(join(judgeProgram().file, "..", "axe.min.js"));
  if (beside !== undefined) return beside;
  const folder = packageFolder("axe-core");
  return folder === undefined ? undefined : readTextNow(join(folder, "axe.min.js"));
}

/** Undefined where the page gave no answer of that shape. */
export function violationsIn(value: unknown): Violation[] | undefined {
  const parsed = Violations.safeParse(value);
  if (!parsed.success) return undefined;
  return parsed.data.flatMap(({ id, impact, help, nodes }) =>
    nodes.map(({ target, html }) => ({ id, impact: impact ?? "minor", help, target: target.flat().join(" "), html })),
  );
}

export function isSevere({ impact }: Violation): boolean {
  return impact === "serious" || impact === "critical";
}
