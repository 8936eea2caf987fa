/** Every diagram of the documents, drawn for paper: what an export shows. */
import type { Drawing } from "../../../protocol/design/panel.ts";
import type { DesignDocument } from "../../../protocol/design/view.ts";
import { documentsOf, readPrd, readSystem } from "../documents/reading.ts";
import { coloursOf } from "./colours.ts";
import { diagramSource, isTooLong } from "./source.ts";

const MOST_DRAWINGS = 60;
const MOST_SVG = 500_000;
const PAPER = coloursOf({
  background: [255, 255, 255],
  text: [36, 41, 47],
  accent: [47, 111, 181],
  edge: undefined,
  font: "system-ui, sans-serif",
});

interface Source {
  readonly path: string;
  readonly key: string;
  readonly source: string;
}

/** Those that cannot be drawn are left out. */
export async function allDrawings(documents: readonly DesignDocument[]): Promise<Drawing[]> {
  const sources = diagramSources(documents)
    .filter(({ source }) => !isTooLong(source))
    .slice(0, MOST_DRAWINGS);
  if (sources.length === 0) return [];
  const { drawDiagram } = await import("./draw.ts");
  const drawings: Drawing[] = [];
  for (const { path, key, source } of sources) {
    const picture = await drawDiagram(diagramSource(source).text, PAPER).catch(() => undefined);
    if (picture !== undefined && picture.svg.length <= MOST_SVG) drawings.push({ path, key, svg: picture.svg });
  }
  return drawings;
}

export function diagramSources(documents: readonly DesignDocument[]): Source[] {
  return [
    ...documentsOf(documents, "prd", "refined_prd").flatMap(({ path, content }): Source[] => {
      const { quadrant, quadrantKey } = readPrd(content);
      return quadrant === "" ? [] : [{ path, key: quadrantKey, source: quadrant }];
    }),
    ...documentsOf(documents, "system_design", "refined_system_design").flatMap(({ path, content }) =>
      readSystem(content).diagrams.map(({ key, source }): Source => ({ path, key, source })),
    ),
    ...documentsOf(documents, "mermaid").flatMap(({ path, content }): Source[] =>
      typeof content === "string" ? [{ path, key: path, source: content }] : [],
    ),
  ];
}
