/** What is unsafe or fragile in the pods of a manifest. */
import type { Found } from "../judge/requests.ts";
import { at, entriesOf, isObject, listOf, type Plain } from "./plain.ts";
import { imageTagProblem, looksLikeSecret } from "./smell-words.ts";

export interface Smell {
  readonly rule: string;
  readonly message: string;
  readonly way: readonly (string | number)[];
  readonly severity: Found["severity"];
}

const POD_WAYS: Readonly<Record<string, readonly string[]>> = {
  Pod: ["spec"],
  CronJob: ["spec", "jobTemplate", "spec", "template", "spec"],
};
const TEMPLATE = ["spec", "template", "spec"];

export function podSmells(manifest: Plain): Smell[] {
  const kind = String(manifest["kind"]);
  const way = (Object.hasOwn(POD_WAYS, kind) ? POD_WAYS[kind] : undefined) ?? TEMPLATE;
  const pod = at(manifest, ...way);
  if (!isObject(pod)) return [];
  const shared = ["hostNetwork", "hostPID", "hostIPC"]
    .filter((name) => pod[name] === true)
    .map((name) => smell("shared-host", `${name} gives the pod the node's own namespace`, [...way, name]));
  const containers = ["containers", "initContainers"].flatMap((list) =>
    listOf(pod[list]).flatMap((container, index) => containerSmells(container, pod, [...way, list, index])),
  );
  return [...shared, ...containers];
}

function containerSmells(container: unknown, pod: Plain, way: readonly (string | number)[]): Smell[] {
  if (!isObject(container)) return [];
  const { image, name } = container;
  const who = `container ${String(name ?? "without a name").slice(0, 60)}`;
  if (typeof image !== "string" || image === "")
    return [{ ...smell("no-image", `${who} has no image`, way), severity: "error" }];
  const tag = imageTagProblem(image);
  const security = container["securityContext"];
  const isRoot = at(security, "runAsNonRoot") !== true && at(pod, "securityContext", "runAsNonRoot") !== true;
  const secrets = listOf(container["env"]).flatMap((entry, index) => {
    const [variable, value] = [String(at(entry, "name")), at(entry, "value")];
    if (typeof value !== "string" || !looksLikeSecret(variable, value)) return [];
    const message = `${who}: ${variable} stands in plain text; take it from a Secret (valueFrom.secretKeyRef)`;
    return [smell("plain-secret", message, [...way, "env", index])];
  });
  return [
    ...(tag === undefined ? [] : [smell("image-tag", `${who}: ${tag}`, [...way, "image"])]),
    ...(at(security, "privileged") === true
      ? [smell("privileged", `${who} is privileged: it may do on its node what root may`, [...way, "securityContext"])]
      : []),
    ...(isRoot ? [smell("root-user", `${who} may run as root; set securityContext.runAsNonRoot: true`, way)] : []),
    ...(entriesOf(at(container, "resources", "limits")).length === 0
      ? [smell("no-limits", `${who} has no resources.limits, so it may starve its node`, way)]
      : []),
    ...secrets,
  ];
}

function smell(rule: string, message: string, way: readonly (string | number)[]): Smell {
  return { rule, message, way, severity: "warning" };
}
