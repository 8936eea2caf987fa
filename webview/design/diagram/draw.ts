/** Draws Mermaid. Loaded only when the first diagram is: it is far larger than the rest of the page. */
import mermaid from "mermaid";
import type { DiagramColours } from "./colours.ts";
import { type DrawnPicture, pictureOf } from "./picture-of.ts";

let drawings = 0;
/** One at a time: the drawing keeps its settings to itself as a whole. */
let last: Promise<unknown> = Promise.resolve();

/** Rejects with what is wrong in the text, in Mermaid's words. */
export function drawDiagram(text: string, colours: DiagramColours): Promise<DrawnPicture> {
  const drawing = last.then(() => draw(text, colours));
  last = drawing.catch(() => undefined);
  return drawing;
}

async function draw(text: string, colours: DiagramColours): Promise<DrawnPicture> {
  mermaid.initialize(settings(colours));
  await mermaid.parse(text);
  const id = `diagram-${++drawings}`;
  // The page's policy ignores styles that stand in a document, so the first drawing is measured without any: its rules are
  // taken over as a sheet, which the policy allows, and the second is measured with them.
  const { svg: plain } = await mermaid.render(id, text);
  const rules = [...plain.matchAll(/<style[^>]*>([\s\S]*?)<\/style>/g)].map(([, css = ""]) => css).join("\n");
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules);
  document.adoptedStyleSheets.push(sheet);
  try {
    const picture = pictureOf((await mermaid.render(id, text)).svg);
    if (picture === undefined) throw new Error("There is nothing in it to draw.");
    return picture;
  } finally {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
  }
}

function settings(colours: DiagramColours): Parameters<typeof mermaid.initialize>[0] {
  return {
    startOnLoad: false,
    securityLevel: "strict",
    suppressErrorRendering: true,
    htmlLabels: false,
    flowchart: { htmlLabels: false, useMaxWidth: false },
    class: { htmlLabels: false, useMaxWidth: false },
    sequence: { useMaxWidth: false, mirrorActors: false },
    quadrantChart: {
      useMaxWidth: false,
      chartWidth: 520,
      chartHeight: 460,
      pointRadius: 6,
      pointLabelFontSize: 13,
      pointTextPadding: 10,
    },
    logLevel: "fatal",
    look: "classic",
    theme: "base",
    fontFamily: colours.font,
    themeVariables: variables(colours),
    // Words of a message stand on the lines of others.
    themeCSS: `
      .messageText { paint-order: stroke; stroke: ${colours.background} !important; stroke-width: 5px; }
      .actor-line { stroke-width: 1px; }
      .edgeLabel rect, .edgeLabel .background { fill: ${colours.background} !important; opacity: 1; }`,
  };
}

function variables(colours: DiagramColours) {
  const { isDark, background, text, muted, faint, line, fill, edge, second, third, accent, font } = colours;
  return {
    darkMode: isDark,
    background,
    fontFamily: font,
    fontSize: "14px",
    primaryColor: fill,
    primaryTextColor: text,
    primaryBorderColor: edge,
    secondaryColor: second,
    secondaryTextColor: text,
    secondaryBorderColor: line,
    tertiaryColor: third,
    tertiaryTextColor: text,
    tertiaryBorderColor: line,
    lineColor: line,
    textColor: text,
    mainBkg: fill,
    nodeBorder: edge,
    nodeTextColor: text,
    classText: text,
    titleColor: text,
    edgeLabelBackground: background,
    clusterBkg: third,
    clusterBorder: line,
    actorBkg: fill,
    actorBorder: edge,
    actorTextColor: text,
    actorLineColor: faint,
    signalColor: line,
    signalTextColor: text,
    labelBoxBkgColor: second,
    labelBoxBorderColor: line,
    labelTextColor: text,
    loopTextColor: text,
    noteBkgColor: second,
    noteBorderColor: line,
    noteTextColor: text,
    activationBkgColor: second,
    activationBorderColor: line,
    sequenceNumberColor: background,
    quadrant1Fill: fill,
    quadrant2Fill: second,
    quadrant3Fill: third,
    quadrant4Fill: second,
    quadrant1TextFill: muted,
    quadrant2TextFill: muted,
    quadrant3TextFill: muted,
    quadrant4TextFill: muted,
    quadrantPointFill: accent,
    quadrantPointTextFill: text,
    quadrantXAxisTextFill: text,
    quadrantYAxisTextFill: text,
    quadrantInternalBorderStrokeFill: line,
    quadrantExternalBorderStrokeFill: line,
    quadrantTitleFill: text,
  };
}
