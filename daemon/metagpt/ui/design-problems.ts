/** What does not hold together in a UI design, in words by which whoever wrote it can mend it. Pure. */
import type { UiDesign, UiElement } from "../../../protocol/index.ts";
import { componentProblems } from "./component-problems.ts";
import { contrastProblems } from "./contrast-pairs.ts";
import { partsOf } from "./parts.ts";
import { type DesignProblem, repeated } from "./problem.ts";
import { readTokens } from "./tokens.ts";
import { isContainer } from "./wireframe-grid.ts";

const MOST = 60;

/**
 * `prd`: the content of the PRD that it was made from; left out, nothing is said of stories and requirements. A requirement is
 * marked as one of the UI by `[UI]` in its text, or by beginning with `UI`.
 */
export function designProblems(design: UiDesign, prd?: unknown): DesignProblem[] {
  const { tokens, problems } = readTokens(design["Design Tokens"]);
  return [
    ...screenProblems(design),
    ...elementProblems(design),
    ...placeProblems(design),
    ...architectureProblems(design),
    ...flowProblems(design),
    ...componentProblems(design),
    ...(prd === undefined ? [] : wishProblems(design, prd)),
    ...problems,
    ...contrastProblems(tokens),
  ].slice(0, MOST);
}

const elementsOf = ({ Screens }: UiDesign): UiElement[] => Screens.flatMap(({ elements }) => elements);

function screenProblems({ Screens }: UiDesign): DesignProblem[] {
  const twice = (what: string, texts: readonly string[]) =>
    repeated(texts).map((text) => ({
      code: "twice",
      message: `Screens: two have the ${what} ${text}. Give each its own.`,
    }));
  return [
    ...twice(
      "id",
      Screens.map(({ id }) => id),
    ),
    ...twice(
      "route",
      Screens.map(({ route }) => route.replace(/:[^/]+/g, ":")),
    ),
    ...Screens.filter(({ route }) => !/^\/[^\s\\?#]*$/.test(route)).map(({ id, route }) => ({
      code: "wrong_route",
      message: `Screens, ${id}: the route ${JSON.stringify(route)} must begin with / and hold no spaces, as /orders/:id does.`,
    })),
  ];
}

const NEEDS_NAME = new Set(
  "heading link button input textbox textarea select combobox checkbox radio switch image img dialog form search slider table".split(
    " ",
  ),
);

function elementProblems(design: UiDesign): DesignProblem[] {
  const screens = new Set(design.Screens.map(({ id }) => id));
  const all = elementsOf(design);
  const selected = design["Selected Elements"].filter(
    (id) => /^[a-z][\w-]*\.[a-z][\w-]*$/.test(id) && !all.some((one) => one.id === id),
  );
  return [
    ...repeated(all.map(({ id }) => id)).map((id) => ({
      code: "twice",
      message: `Screens: two elements are called ${id}. Rename one.`,
    })),
    ...selected.map((id) => ({
      code: "unknown_element",
      message: `Selected Elements: ${id} is no element of a screen.`,
    })),
    ...design.Screens.flatMap(({ id, elements }) =>
      elements
        .filter((element) => !element.id.startsWith(`${id}.`))
        .map((element) => ({
          code: "wrong_id",
          message: `Screens, ${id}: the element ${element.id} must be called ${id}.${element.id.split(".")[1]}.`,
        })),
    ),
    ...all
      .filter(({ role, label }) => NEEDS_NAME.has(role) && label.trim() === "")
      .map(({ id, role }) => ({ code: "no_name", message: `${id}: a ${role} needs a label, its accessible name.` })),
    ...all
      .filter(({ leadsTo = "" }) => /^[a-z][a-z0-9-]*$/.test(leadsTo) && !screens.has(leadsTo))
      .map(({ id, leadsTo }) => ({
        code: "unknown_screen",
        message: `${id}: leadsTo names ${leadsTo}, which is no screen. Name a screen's id, or say in several words what happens.`,
      })),
  ];
}

/** Elements of a screen that would be drawn over each other. */
function placeProblems({ Screens }: UiDesign): DesignProblem[] {
  return Screens.flatMap(({ elements }) => {
    const own = elements.filter(({ role, at }) => at !== undefined && !isContainer(role));
    return own.flatMap((one, index) =>
      own
        .slice(index + 1)
        .filter((other) => overlap(one, other))
        .map((other) => ({
          code: "overlap",
          message: `${one.id} and ${other.id} overlap on the wireframe's grid; move or narrow one ("at").`,
        })),
    );
  });
}

function overlap({ at: one }: UiElement, { at: other }: UiElement): boolean {
  if (one === undefined || other === undefined) return false;
  const beside = one.column + one.columns <= other.column || other.column + other.columns <= one.column;
  const below = one.row + one.rows <= other.row || other.row + other.rows <= one.row;
  return !beside && !below;
}

function architectureProblems(design: UiDesign): DesignProblem[] {
  const places = design["Information Architecture"];
  const screens = design.Screens.map(({ id }) => id);
  const parents = new Map(places.map(({ screen, parent }) => [screen, parent]));
  const tell = (code: string, message: string) => ({ code, message: `Information Architecture: ${message}` });
  const named = [...new Set(places.flatMap(({ screen, parent }) => (parent === null ? screen : [screen, parent])))];
  return [
    ...named.filter((id) => !screens.includes(id)).map((id) => tell("unknown_screen", `${id} is no screen.`)),
    ...repeated(places.map(({ screen }) => screen)).map((id) => tell("twice", `${id} is there twice.`)),
    ...screens
      .filter((id) => !parents.has(id))
      .map((id) => tell("missing", `the screen ${id} has no place. Add it, with its parent or null.`)),
    ...places
      .filter(({ screen }) => goesRound(screen, parents))
      .map(({ screen }) => tell("cyclic", `${screen} is above itself. Give one of the circle the parent null.`)),
  ];
}

function goesRound(screen: string, parents: ReadonlyMap<string, string | null>): boolean {
  const seen = new Set<string>();
  for (let at: string | null | undefined = parents.get(screen); at !== null && at !== undefined; at = parents.get(at)) {
    if (at === screen) return true;
    if (seen.has(at)) return false;
    seen.add(at);
  }
  return false;
}

function flowProblems(design: UiDesign): DesignProblem[] {
  const screens = new Set(design.Screens.map(({ id }) => id));
  const elements = new Set(elementsOf(design).map(({ id }) => id));
  const flows = design["User Flows"];
  return [
    ...repeated(flows.map(({ id }) => id)).map((id) => ({
      code: "twice",
      message: `User Flows: two are called ${id}.`,
    })),
    ...flows.flatMap(({ id, steps }) =>
      steps.flatMap(({ screen, element }, index) => {
        const tell = (code: string, message: string) => [
          { code, message: `User Flows, ${id}, step ${index + 1}: ${message}` },
        ];
        if (!screens.has(screen)) return tell("unknown_screen", `${screen} is no screen.`);
        if (element === undefined) return [];
        if (!elements.has(element)) return tell("unknown_element", `${element} is no element of a screen.`);
        return element.startsWith(`${screen}.`) ? [] : tell("wrong_screen", `${element} is not on ${screen}.`);
      }),
    ),
  ];
}

function wishProblems(design: UiDesign, prd: unknown): DesignProblem[] {
  const wishes = partsOf("1", {
    documents: [{ path: "docs/prd/1.json", kind: "prd", content: prd }],
    files: new Map(),
  });
  const known = new Set(wishes.map(({ id }) => id));
  const flows = design["User Flows"];
  const traces = new Set(elementsOf(design).flatMap((element) => element.traces));
  return [
    ...elementsOf(design).flatMap(({ id, traces: own }) =>
      own
        .filter((trace) => !known.has(trace))
        .map((trace) => ({ code: "unknown_trace", message: `${id}: the PRD has no ${trace}.` })),
    ),
    ...flows
      .filter(({ story }) => !known.has(story))
      .map(({ id, story }) => ({ code: "unknown_trace", message: `User Flows, ${id}: the PRD has no ${story}.` })),
    ...wishes
      .filter(({ kind, id }) => kind === "story" && !flows.some(({ story }) => story === id))
      .map(({ id, text }) => ({
        code: "no_flow",
        message: `User Flows: none tells ${id} (${text.slice(0, 120)}). Add one.`,
      })),
    ...wishes
      .filter(({ kind, id, text }) => kind === "requirement" && /^P\d: UI\b|\[UI\]/.test(text) && !traces.has(id))
      .map(({ id, text }) => ({
        code: "no_element",
        message: `Screens: no element traces ${id} (${text.slice(0, 120)}). Add one, or its id to the traces of one.`,
      })),
  ];
}
