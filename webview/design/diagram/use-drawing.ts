/** A diagram's picture, drawn when it is shown and again when the editor's theme changes. */
import { useEffect, useState } from "react";
import { readColours } from "./colours.ts";
import type { DrawnPicture } from "./picture-of.ts";
import { type DiagramProblem, diagramSource, isTooLong, problemOf } from "./source.ts";

export type Drawing =
  | { readonly status: "drawing" }
  | { readonly status: "drawn"; readonly picture: DrawnPicture }
  | { readonly status: "broken"; readonly problem: DiagramProblem };

export function useDrawing(source: string): Drawing {
  const theme = useTheme();
  const [drawing, setDrawing] = useState<Drawing>({ status: "drawing" });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme's colours are read from the page when it changes
  useEffect(() => {
    let isWanted = true;
    void drawingOf(source).then((drawn) => {
      if (isWanted) setDrawing(drawn);
    });
    return () => {
      isWanted = false;
    };
  }, [source, theme]);
  return drawing;
}

/** Never rejects: what cannot be drawn is an answer too. */
async function drawingOf(source: string): Promise<Exclude<Drawing, { status: "drawing" }>> {
  if (isTooLong(source)) return { status: "broken", problem: { message: TOO_LONG, line: null } };
  const reading = diagramSource(source);
  try {
    const { drawDiagram } = await import("./draw.ts");
    return { status: "drawn", picture: await drawDiagram(reading.text, readColours(document.documentElement)) };
  } catch (error) {
    return { status: "broken", problem: problemOf(error, reading) };
  }
}

const TOO_LONG = "It is longer than 50 000 characters, too long to draw.";

/** Another value after each change of the editor's theme. */
function useTheme(): number {
  const [changes, setChanges] = useState(0);
  useEffect(() => {
    const observer = new MutationObserver(() => setChanges((count) => count + 1));
    observer.observe(document.body, { attributes: true, attributeFilter: ["class", "data-vscode-theme-id"] });
    return () => observer.disconnect();
  }, []);
  return changes;
}
