/** OpenAPI descriptions are whole, and say the same as the routes in the code. */
import { listWorkspace } from "../../../memory/listing.ts";
import { type FieldCheck, type FieldContext, type FieldResult, resultOf } from "../field-check.ts";
import { askJudge } from "../judge/ask.ts";
import { JudgedEndpoints } from "../judge/requests.ts";
import { baseTexts, broughtIn, findingOf, readTexts } from "../judge/texts.ts";

const CODE = /\.([cm]?[jt]sx?|py|go)$/;
const DESCRIPTION = /(openapi|swagger|api)[^/]*\.(ya?ml|json)$/i;
const NO_ROUTES =
  /(^|\/)(node_modules|dist|build|vendor|tests?|__tests__|spec)\/|\.(test|spec)\.[cm]?[jt]sx?$|_test\.go$|(^|\/)test_[^/]*\.py$/;

export const endpoints: FieldCheck = {
  name: "endpoints",
  description: "OpenAPI descriptions are valid, and describe the routes that the code has.",
  appliesTo: (changed) => changed.some((path) => CODE.test(path) || DESCRIPTION.test(path)),
  run: checkEndpoints,
};

async function checkEndpoints(context: FieldContext): Promise<FieldResult> {
  const { root, signal, changed } = context;
  const { paths } = await listWorkspace(root, { signal });
  const wanted = paths.filter((path) => DESCRIPTION.test(path) || (CODE.test(path) && !NO_ROUTES.test(path)));
  // Descriptions first: of a large project not all code is read.
  const { texts, unread } = await readTexts(
    root,
    wanted.toSorted((one, other) => rank(one) - rank(other)),
  );
  const touched = texts.map(({ path }) => path).filter((path) => changed.includes(path));
  const before = [...texts.filter(({ path }) => !touched.includes(path)), ...(await baseTexts(context, touched))];
  const judged = await askJudge({ kind: "endpoints", before, after: [...texts] }, JudgedEndpoints, { signal });
  if (!judged.ok) {
    const message = `The endpoints could not be looked at: ${judged.error.message}`;
    return resultOf([{ path: "", message, severity: "warning" }], "not looked at");
  }
  const { descriptions, routes, ...found } = judged.value;
  const findings = broughtIn(found.before, found.after, { before, after: texts }).map(findingOf);
  const own = unread.filter(({ path }) => DESCRIPTION.test(path));
  return resultOf([...own, ...findings], `${descriptions} × OpenAPI, ${routes} routes in the code`);
}

function rank(path: string): number {
  return DESCRIPTION.test(path) ? 0 : 1;
}
