/**
 * What is written beside a UI design for people: a sheet of drawings, a page of its layout, a style sheet, its tokens alone.
 * Nothing that a model wrote runs in the page: its policy forbids scripts and every other address.
 */
import type { UiDesign, UiElement } from "../../../protocol/index.ts";
import { drawSheet } from "./drawings.ts";
import { escaped } from "./svg-text.ts";
import { readTokens, tokensCss } from "./tokens.ts";
import { isContainer } from "./wireframe-grid.ts";

export interface DesignFile {
  /** From the project's folder. */
  readonly path: string;
  readonly text: string;
}

/** Into `resources/ui_design/`, for the design in `docs/ui_design/<stem>.json`. */
export function designResources(stem: string, design: UiDesign): DesignFile[] {
  const css = `${tokensCss(readTokens(design["Design Tokens"]))}\n${design["CSS Styles"].trim() === "" ? PLAIN_STYLES : design["CSS Styles"]}`;
  const at = (ending: string) => `resources/ui_design/${stem}.${ending}`;
  return [
    { path: at("svg"), text: drawSheet(design) },
    { path: at("html"), text: pageOf(design, css) },
    { path: at("css"), text: `${css.trimEnd()}\n` },
    { path: at("tokens.json"), text: `${JSON.stringify(design["Design Tokens"], undefined, 2)}\n` },
  ];
}

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

function pageOf(design: UiDesign, css: string): string {
  const layout = design["HTML Layout"].trim() === "" ? layoutOf(design) : withoutWays(design["HTML Layout"]);
  return [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escaped(design.Screens[0]?.title ?? "UI design")}</title>`,
    `<style>\n${css.replaceAll("</", "<\\/")}</style>`,
    "</head>",
    "<body>",
    layout,
    "</body>",
    "</html>",
    "",
  ].join("\n");
}

/** A policy in a page forbids neither that it leads away by itself nor that it looks an address up: those tags stand there as text. */
function withoutWays(layout: string): string {
  return layout.replace(/<(?=(?:meta|link)\b)/gi, "&lt;");
}

/** Every screen as a section of plain elements, in the order of the design. */
function layoutOf(design: UiDesign): string {
  const screens = design.Screens.map(
    ({ id, title, elements }) =>
      `<section id="${id}" aria-label="${escaped(title)}">\n${elements.map(markup).join("\n")}\n</section>`,
  );
  return `<main>\n${screens.join("\n")}\n</main>`;
}

function markup({ id, role, label, leadsTo }: UiElement): string {
  const [text, own] = [escaped(label), `id="${id}"`];
  const target = leadsTo !== undefined && /^[a-z][a-z0-9-]*$/.test(leadsTo) ? leadsTo : id;
  const row = `<tr>${text
    .split(/[:,;]\s*/)
    .map((part) => `<th scope="col">${part}</th>`)
    .join("")}</tr>`;
  switch (role) {
    case "heading":
      return `<h2 ${own}>${text}</h2>`;
    case "link":
      return `<p><a ${own} href="#${target}">${text}</a></p>`;
    case "button":
      return `<p><button ${own} type="button">${text}</button></p>`;
    case "input":
    case "textbox":
    case "search":
      return `<p><label>${text} <input ${own}></label></p>`;
    case "textarea":
      return `<p><label>${text} <textarea ${own}></textarea></label></p>`;
    case "select":
    case "combobox":
      return `<p><label>${text} <select ${own}><option>${text}</option></select></label></p>`;
    case "checkbox":
    case "radio":
      return `<p><label><input ${own} type="${role}"> ${text}</label></p>`;
    case "table":
      return `<table ${own}><thead>${row}</thead></table>`;
    case "list":
      return `<ul ${own}><li>${text}</li></ul>`;
    case "image":
    case "img":
      return `<p ${own} role="img" aria-label="${text}">▣ ${text}</p>`;
    case "nav":
      return `<nav ${own} aria-label="${text}">${text}</nav>`;
    default:
      return isContainer(role) ? `<h3 ${own}>${text}</h3>` : `<p ${own}>${text}</p>`;
  }
}

const PLAIN_STYLES = `body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; color: #1f2328; background: #ffffff; }
main { max-width: 60rem; margin: 0 auto; padding: 1rem; }
section { margin: 2rem 0; padding: 1rem 1.5rem; border: 1px solid #8c959f; border-radius: 0.75rem; }
label { display: grid; gap: 0.25rem; max-width: 24rem; }
table { width: 100%; border-collapse: collapse; }
th { text-align: left; border-bottom: 1px solid #8c959f; }
`;
