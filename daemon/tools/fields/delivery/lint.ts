/** All files of containers, pipelines and infrastructure among some texts, each looked at by the linter of its kind. */
import type { SyntaxChecker } from "../../../memory/code/syntax.ts";
import type { Found, Judged, JudgedText } from "../judge/requests.ts";
import { lintCompose } from "./compose.ts";
import { lintGitlab } from "./gitlab.ts";
import { type DeliveryKind, deliveryKind } from "./kind.ts";
import { dockerfileSmells, scriptSmells, workflowSmells } from "./text-smells.ts";

export interface Linting {
  readonly syntax: SyntaxChecker;
  /** Folder that holds what the bundle brings along. */
  readonly beside: string;
}

export async function lintDelivery(texts: readonly JudgedText[], linting: Linting): Promise<Judged> {
  const found: Found[] = [];
  const looked: Record<string, number> = {};
  for (const { path, text } of texts) {
    const kind = deliveryKind(path, text);
    if (kind === undefined) continue;
    looked[kind] = (looked[kind] ?? 0) + 1;
    found.push(...(await lintSafely(kind, path, text, linting)));
  }
  return { found, looked };
}

/** A linter that breaks off on a text says that the text is not as it expects it. */
async function lintSafely(kind: DeliveryKind, path: string, text: string, linting: Linting): Promise<Found[]> {
  try {
    return await lintOne(kind, path, text, linting);
  } catch (error) {
    const why = error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : String(error);
    const message = `the linter broke off on this ${kind}: ${why.slice(0, 300)}`;
    return [{ path, line: 1, rule: "linter", message, severity: "warning" }];
  }
}

async function lintOne(kind: DeliveryKind, path: string, text: string, { syntax, beside }: Linting): Promise<Found[]> {
  switch (kind) {
    case "Dockerfile": {
      const { lintDockerfile } = await import("./dockerfile.ts");
      return [...lintDockerfile(path, text), ...dockerfileSmells(path, text)];
    }
    case "workflow": {
      const { lintWorkflow } = await import("./workflow.ts");
      return [...(await lintWorkflow(path, text, beside)), ...workflowSmells(path, text)];
    }
    case "compose":
      return lintCompose(path, text);
    case "GitLab CI":
      return lintGitlab(path, text);
    case "HCL": {
      const { lintHcl } = await import("./hcl.ts");
      return [...(await lintHcl(path, text, syntax)), ...scriptSmells(path, text.replace(/^(\s*\w+) += /gm, "$1="))];
    }
    case "shell script":
      return [...(await lintScript(path, text, syntax)), ...scriptSmells(path, text)];
    case "manifest": {
      const { lintManifest } = await import("./manifest.ts");
      return lintManifest(path, text);
    }
  }
}

async function lintScript(path: string, text: string, syntax: SyntaxChecker): Promise<Found[]> {
  const problems = (await syntax.check(path, text)) ?? [];
  return problems.map(({ line, message, text: shown }) => {
    return { path, line, rule: "shell/syntax", message: `${message}: ${shown}`, severity: "error" };
  });
}
