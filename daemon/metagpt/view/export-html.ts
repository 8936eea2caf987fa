/** A design as one HTML page that prints well: nothing is loaded from anywhere, nothing of it runs, all text is escaped. */
import type { DesignDocument, DesignView } from "../../../protocol/index.ts";
import {
  CHECK_HEAD,
  checkRows,
  exported,
  isDiagram,
  TASK_HEAD,
  TRACE_HEAD,
  taskRows,
  traceRows,
} from "./export-markdown.ts";

/** Forbids everything but styles that stand in the page and pictures in it. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

const STYLE = `
:root { color-scheme: light dark; --line: #8886; --soft: #8881; }
body { font: 11pt/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1, h2, h3 { line-height: 1.25; break-after: avoid; }
h2 { border-bottom: 1px solid var(--line); padding-bottom: .2em; margin-top: 2.5em; }
h3 { margin: 1.4em 0 .4em; font-size: 1em; }
table { border-collapse: collapse; width: 100%; margin: .5em 0; }
th, td { border: 1px solid var(--line); padding: .25em .6em; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
tr, figure, pre { break-inside: avoid; }
pre { background: var(--soft); padding: .7em; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .85em; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; }
.note { border-left: 3px solid #b80; padding-left: .7em; }
.path { opacity: .7; font-family: monospace; }
figure { margin: 1em 0; } figure img { max-width: 100%; height: auto; background: #fff; } figcaption { font-size: .9em; opacity: .8; }
@page { margin: 18mm; }
@media print { body { margin: 0; max-width: none; padding: 0; color: #000; background: #fff; } section.document { break-before: page; } }
`;

/**
 * `drawings`: SVG of diagrams by the path of their document and their key (`docs/prd/1.json Competitive Quadrant Chart`), where the
 * caller drew them; the source stands there in any case.
 */
export function htmlExport(view: DesignView, drawings: ReadonlyMap<string, string> = new Map()): string {
  const sections = [
    ...exported(view).map((document) => documentSection(document, drawings)),
    ...(view.wireframes.length === 0
      ? []
      : [`<section class="document"><h2>Wireframes</h2>${wireframes(view)}</section>`]),
    tableSection("Tasks", TASK_HEAD, taskRows(view)),
    tableSection("Traces", TRACE_HEAD, traceRows(view)),
    tableSection("Checks", CHECK_HEAD, checkRows(view)),
  ];
  const title = escapeHtml(view.project);
  const notes = view.problems.map((problem) => `<p class="note">${escapeHtml(problem)}</p>`).join("\n");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${notes}
${sections.join("\n")}
</main>
</body>
</html>
`;
}

function documentSection(document: DesignDocument, drawings: ReadonlyMap<string, string>): string {
  const { title, path, kind, content, stale, problems } = document;
  const notes = [...stale, ...problems.map(({ message }) => message)].map(
    (note) => `<p class="note">${escapeHtml(note)}</p>`,
  );
  const body =
    typeof content === "object" && content !== null
      ? Object.entries(content).map(
          ([key, value]) => `<h3>${escapeHtml(key)}</h3>\n${valueHtml(key, value, drawings.get(`${path} ${key}`))}`,
        )
      : kind === "mermaid"
        ? [diagramHtml(title, String(content), drawings.get(`${path} ${path}`))]
        : [`<div class="text">${escapeHtml(String(content))}</div>`];
  return [
    `<section class="document">`,
    `<h2>${escapeHtml(title)}</h2>`,
    `<p class="path">${escapeHtml(path)}</p>`,
    ...notes,
    ...body,
    "</section>",
  ].join("\n");
}

function valueHtml(key: string, value: unknown, drawing: string | undefined): string {
  if (typeof value === "string") {
    if (value === "") return "<p>–</p>";
    if (!isDiagram(key, value)) return `<div class="text">${escapeHtml(value)}</div>`;
    return diagramHtml(key, value, drawing);
  }
  if (Array.isArray(value) && value.every((item) => typeof item === "string"))
    return value.length === 0
      ? "<p>–</p>"
      : `<ul>\n${value.map((item) => `<li>${escapeHtml(String(item))}</li>`).join("\n")}\n</ul>`;
  if (
    Array.isArray(value) &&
    value.every((item) => Array.isArray(item) && item.every((cell) => typeof cell === "string"))
  )
    return tableHtml(
      undefined,
      value.map((item: unknown) => (Array.isArray(item) ? item.map(String) : [])),
    );
  return `<pre>${escapeHtml(JSON.stringify(value, undefined, 2) ?? "")}</pre>`;
}

function diagramHtml(name: string, source: string, drawing: string | undefined): string {
  const text = `<pre>${escapeHtml(source)}</pre>`;
  return drawing === undefined ? text : `${figure(drawing, name)}\n${text}`;
}

/** As a picture, not as part of the page: what an SVG holds can neither run nor load anything there. */
function figure(svg: string, caption: string): string {
  const source = `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`;
  return `<figure><img src="${source}" alt="${escapeHtml(caption)}"><figcaption>${escapeHtml(caption)}</figcaption></figure>`;
}

function wireframes(view: DesignView): string {
  return view.wireframes.map(({ title, svg }) => figure(svg, title)).join("\n");
}

function tableSection(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? "" : `<section class="document"><h2>${title}</h2>${tableHtml(head, rows)}</section>`;
}

function tableHtml(head: readonly string[] | undefined, rows: readonly (readonly string[])[]): string {
  const cells = (row: readonly string[], tag: "th" | "td") =>
    `<tr>${row.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join("")}</tr>`;
  const top = head === undefined ? "" : `<thead>${cells(head, "th")}</thead>`;
  return `<table>${top}<tbody>\n${rows.map((row) => cells(row, "td")).join("\n")}\n</tbody></table>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "<": "&lt;",
  ">": "&gt;",
  "&": "&amp;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.toWellFormed().replace(/[<>&"']/g, (character) => ENTITIES[character] ?? "");
}
