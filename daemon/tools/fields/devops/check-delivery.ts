import * as z from "zod/mini";
import { failure } from "../../../../protocol/index.ts";
import { listWorkspace } from "../../../memory/listing.ts";
import type { DirectTool } from "../../tool.ts";
import { deliveryName } from "../delivery/kind.ts";
import { askJudge } from "../judge/ask.ts";
import { Judged } from "../judge/requests.ts";
import { counted, findingOf, lookedAt, readTexts, shown } from "../judge/texts.ts";

const input = z.object({
  paths: z.optional(z.array(z.string()).check(z.minLength(1), z.maxLength(100), z.describe("Default: all of them"))),
});

/** What the linters of containers, pipelines and infrastructure say, old problems too. */
export const checkDelivery: DirectTool<typeof input> = {
  name: "check_delivery",
  description:
    "Checks Dockerfiles, GitHub workflows, Kubernetes manifests, compose files, GitLab pipelines, HCL and shell scripts with their linters.",
  input,
  effect: "pure",
  timeoutMs: 30_000,
  maxOutput: 12_000,
  access: ({ paths = ["."] }) => ({ kind: "read", paths }),
  async execute({ paths }, { root, signal }) {
    const listed = paths ?? (await listWorkspace(root, { signal, folder: "" })).paths;
    const { texts, unread } = await readTexts(
      root,
      listed.filter((path) => deliveryName(path) !== undefined),
    );
    const judged = await askJudge({ kind: "delivery", texts: [...texts] }, Judged, { signal });
    if (!judged.ok) return judged;
    const { found, looked } = judged.value;
    if (Object.keys(looked).length === 0 && unread.length === 0)
      return failure(
        "tool.failed",
        "There is no such file here: no Dockerfile, workflow, manifest, compose file, HCL or script.",
      );
    const findings = [...found.map(findingOf), ...unread];
    const output = [...shown(findings), `${lookedAt(looked)}: ${counted(findings)}`].join("\n");
    return { ok: true, output, summary: `checked ${lookedAt(looked)}: ${counted(findings)}` };
  },
};
