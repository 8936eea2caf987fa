/** Which checks belong to which screen: by its address in the app, or by its name. */
import type { DesignCheck, DesignDocument, Wireframe } from "../../../protocol/design/view.ts";
import { documentsOf, readRoutes } from "../documents/reading.ts";

export interface ScreenPair {
  readonly wireframe: Wireframe;
  /** Empty where the design names none. */
  readonly route: string;
  readonly check: DesignCheck | undefined;
}

export function screenPairs(
  wireframes: readonly Wireframe[],
  checks: readonly DesignCheck[],
  documents: readonly DesignDocument[],
): { readonly pairs: readonly ScreenPair[]; readonly others: readonly DesignCheck[] } {
  const routes = readRoutes(documentsOf(documents, "ui_design").at(-1)?.content);
  const pairs = wireframes.map((wireframe): ScreenPair => {
    const route = routes.get(wireframe.screen) ?? "";
    const names = [route, wireframe.screen].filter((name) => name !== "");
    return { wireframe, route, check: checks.find(({ target }) => names.includes(target)) };
  });
  const used = new Set(pairs.flatMap(({ check }) => (check === undefined ? [] : [check.target])));
  return { pairs, others: checks.filter(({ target }) => !used.has(target)) };
}

/** Width and height that an SVG says of itself. */
export function svgSize(svg: string): { readonly width: number; readonly height: number } {
  const head = /<svg[^>]*>/.exec(svg)?.[0] ?? "";
  const box =
    /viewBox="([^"]*)"/
      .exec(head)?.[1]
      ?.split(/[\s,]+/)
      .map(Number) ?? [];
  const number = (name: string, fallback: number | undefined) =>
    Number(new RegExp(` ${name}="([\\d.]+)`).exec(head)?.[1]) || fallback || 640;
  return { width: number("width", box[2]), height: number("height", box[3]) };
}
