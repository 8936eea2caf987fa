/** Components of a design: what they draw, and whether their files can be what they say. */
import { posix } from "node:path";
import type { UiDesign } from "../../../protocol/index.ts";
import { type DesignProblem, repeated } from "./problem.ts";

const CODE = /\.(tsx|jsx|ts|js|mjs|vue|svelte|html)$/i;
/** Folders that hold no source of the app. */
const NOT_HERE = /^(docs|resources|node_modules|\.git|\.nexus|dist|build)(\/|$)/;

export function componentProblems(design: UiDesign): DesignProblem[] {
  const known = new Set(design.Screens.flatMap(({ elements }) => elements.map(({ id }) => id)));
  const drawn = new Set(design.Components.flatMap(({ elements }) => elements));
  const files = design.Components.flatMap(({ file, stories, test = [] }) => [file, stories, test].flat());
  return [
    ...repeated(design.Components.map(({ name }) => name)).map((name) =>
      tell("twice", `two are called ${name}. Rename one.`),
    ),
    ...repeated(files).map((file) => tell("twice", `${file} is named twice. Every component has files of its own.`)),
    ...design.Components.flatMap(({ name, elements, states, file, stories, test }) => [
      ...elements
        .filter((id) => !known.has(id))
        .map((id) => tell("unknown_element", `${name} draws ${id}, which is no element of a screen.`)),
      ...repeated(states).map((state) => tell("twice", `${name} has the state ${state} twice.`)),
      ...fileProblems(name, file, /^(?!.*\.(stories|test|spec)\.)/, "src/PriceTag.tsx"),
      ...fileProblems(name, stories, /\.stories\.\w+$/, "src/PriceTag.stories.tsx"),
      ...(test === undefined ? [] : fileProblems(name, test, /./, "src/PriceTag.test.tsx")),
    ]),
    ...(design.Components.length === 0 ? [] : [...known])
      .filter((id) => !drawn.has(id))
      .map((id) => tell("not_drawn", `none draws ${id}. Add it to the elements of one.`)),
  ];
}

function tell(code: string, message: string): DesignProblem {
  return { code, message: `Components: ${message}` };
}

function fileProblems(name: string, path: string, shape: RegExp, example: string): DesignProblem[] {
  const shown = JSON.stringify(path.slice(0, 120));
  if (!isInside(path))
    return [tell("outside", `${name}: ${shown} is not a path within the project, as ${example} is.`)];
  if (NOT_HERE.test(path))
    return [tell("outside", `${name}: ${shown} lies in a folder that holds no source; write ${example}.`)];
  return CODE.test(path) && shape.test(path)
    ? []
    : [tell("wrong_file", `${name}: ${shown} is not named as ${example} is.`)];
}

/** From the project's folder, with `/`, in its shortest form, and never out of it. */
function isInside(path: string): boolean {
  const plain = posix.normalize(path);
  return (
    plain === path &&
    !plain.startsWith("..") &&
    !plain.startsWith("/") &&
    !/[\\:\u0000-\u001f]/.test(path) &&
    path !== "."
  );
}
