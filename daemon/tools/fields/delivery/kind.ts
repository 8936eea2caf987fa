/** Which file of containers, pipelines and infrastructure a text is, by its name and what stands in it. */
import { posix } from "node:path";

export type DeliveryKind = "Dockerfile" | "workflow" | "compose" | "GitLab CI" | "HCL" | "shell script" | "manifest";

/** By name alone; `yaml` may be a manifest. */
export function deliveryName(path: string): DeliveryKind | "yaml" | undefined {
  const name = posix.basename(path).toLowerCase();
  if (/^(dockerfile|containerfile)(\..+)?$|\.(dockerfile|containerfile)$/.test(name)) return "Dockerfile";
  if (/(^|\/)\.github\/workflows\/[^/]+\.ya?ml$/.test(path)) return "workflow";
  if (/^(docker-)?compose(\.[\w-]+)*\.ya?ml$/.test(name)) return "compose";
  if (/^\.gitlab-ci(\.[\w-]+)*\.ya?ml$/.test(name)) return "GitLab CI";
  if (/\.(tf|tfvars|hcl)$/.test(name)) return "HCL";
  if (/\.(sh|bash)$/.test(name)) return "shell script";
  return /\.ya?ml$/.test(name) ? "yaml" : undefined;
}

/** A document of its own names a kind and a version; Helm's templates are no YAML until they are filled in. */
export function deliveryKind(path: string, text: string): DeliveryKind | undefined {
  const name = deliveryName(path);
  if (name !== "yaml") return name;
  const isManifest = /^apiVersion:/m.test(text) && /^kind:/m.test(text);
  return isManifest && !text.includes("{{") ? "manifest" : undefined;
}
