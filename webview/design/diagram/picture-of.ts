/** A drawing as a picture: an SVG with a size of its own that the page shows as an image, so that nothing in it can run. */
export interface DrawnPicture {
  readonly svg: string;
  /** In CSS pixels, as it would be at its own size. */
  readonly width: number;
  readonly height: number;
}

/** What a drawing has no use for. An image runs nothing and loads nothing either; this is the second lock. */
const DROPPED = "script, foreignObject, image, iframe, a[*|href^='javascript' i], animate, set";

/** Undefined where there is no picture in it. */
export function pictureOf(svg: string): DrawnPicture | undefined {
  const element = new DOMParser().parseFromString(svg, "text/html").querySelector("svg");
  if (element === null) return undefined;
  for (const dropped of element.querySelectorAll(DROPPED)) dropped.remove();
  for (const each of [element, ...element.querySelectorAll("*")])
    for (const { name } of [...each.attributes]) if (/^on|^(xlink:)?href$/i.test(name)) each.removeAttribute(name);
  const [, , width = 0, height = 0] = (element.getAttribute("viewBox") ?? "").split(/[\s,]+/).map(Number);
  if (!(width > 0 && height > 0)) return undefined;
  element.setAttribute("width", String(Math.ceil(width)));
  element.setAttribute("height", String(Math.ceil(height)));
  element.removeAttribute("style");
  return { svg: new XMLSerializer().serializeToString(element), width, height };
}

export function svgAddress(svg: string): string {
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
}
