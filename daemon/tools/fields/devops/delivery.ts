/** What builds and ships the project must be what its own linters take: the check of finished work. */
import { deliveryName } from "../delivery/kind.ts";
import { type FieldCheck, type FieldContext, type FieldResult, resultOf } from "../field-check.ts";
import { askJudge } from "../judge/ask.ts";
import { Judged } from "../judge/requests.ts";
import { baseTexts, broughtIn, findingOf, lookedAt, readTexts } from "../judge/texts.ts";

export const delivery: FieldCheck = {
  name: "delivery",
  description:
    "Dockerfiles, workflows, Kubernetes manifests, compose files, GitLab pipelines, HCL and shell scripts pass their linters.",
  appliesTo: (changed) => changed.some((path) => deliveryName(path) !== undefined),
  run: checkDelivery,
};

async function checkDelivery(context: FieldContext): Promise<FieldResult> {
  const paths = context.changed.filter((path) => deliveryName(path) !== undefined);
  const after = await readTexts(context.root, paths);
  const before = await baseTexts(context, paths);
  const { signal } = context;
  const now = await askJudge({ kind: "delivery", texts: [...after.texts] }, Judged, { signal });
  if (!now.ok) {
    const message = `The files could not be looked at: ${now.error.message} Make them smaller and simpler.`;
    return resultOf([...after.unread, { path: "", message, severity: "error" }], "not looked at");
  }
  // Files that were broken beyond reading before bring no excuse for what is broken now.
  const was = before.length === 0 ? undefined : await askJudge({ kind: "delivery", texts: before }, Judged, { signal });
  const known = was?.ok === true ? was.value.found : [];
  const found = broughtIn(known, now.value.found, { before, after: after.texts });
  return resultOf([...after.unread, ...found.map(findingOf)], lookedAt(now.value.looked));
}
