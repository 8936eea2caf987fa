import * as z from "zod/mini";
import { failure, ok, type Result } from "../../protocol/index.ts";
import { isSecretPath } from "../security/paths/path-classes.ts";
import { hidesSecret, REDACTED } from "../security/secrets/secrets.ts";
import type { GitRecorder } from "./git-port.ts";
import type { DirectTool, ToolContext, ToolOutcome } from "./tool.ts";

const input = z.object({
  action: z.enum(["commit", "branch"]),
  text: z.string().check(z.minLength(1), z.maxLength(5000), z.describe("Message, or the branch's name")),
});

/**
 * A commit of the copy as it is, on the copy's own HEAD, or a branch `nexus/<name>` at that commit in the user's
 * repository. Both ask a person by default. Nothing is ever pushed, and no hook runs.
 */
export const gitRecord: DirectTool<typeof input> = {
  name: "git_record",
  description: "Commits all changes so far, or makes the branch nexus/NAME of your commits. Only when asked to.",
  input,
  effect: "unknown",
  probes: [
    { kind: "git", action: "commit", detail: "" },
    { kind: "git", action: "branch", detail: "" },
  ],
  access: ({ action, text }) => ({ kind: "git", action, detail: action === "branch" ? `nexus/${text}` : text }),
  async execute({ action, text }, context) {
    const recorder = (await context.git?.())?.record;
    if (recorder === undefined) return failure("tool.failed", "There is no git repository here to record anything in.");
    return action === "branch" ? branch(recorder, text) : commit(recorder, text, context);
  },
};

async function branch(recorder: GitRecorder, name: string): Promise<ToolOutcome> {
  if (!/^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$/.test(name))
    return failure("tool.invalid_input", "A branch's name has letters, digits and “._/-” only.");
  const made = await recorder.branch(name);
  if (!made.ok) return made;
  const { branch: ref, commit: at } = made.value;
  return { ok: true, output: `Made the branch ${ref} at ${at.slice(0, 12)}.`, summary: `made the branch ${ref}` };
}

async function commit(recorder: GitRecorder, text: string, { actor }: ToolContext): Promise<ToolOutcome> {
  const message = checkedMessage(text);
  if (!message.ok) return message;
  const problem = problemOf(await recorder.preview());
  if (problem !== undefined) return failure("tool.failed", problem);
  const made = await recorder.commit(`${message.value}\n\nAssisted-by: Nexus agent ${actor ?? "coder"}\n`);
  if (!made.ok) return made;
  const { commit: id, files } = made.value;
  const [title = ""] = message.value.split("\n");
  const count = `${files} ${files === 1 ? "file" : "files"}`;
  return { ok: true, output: `Committed ${count} as ${id.slice(0, 12)}.`, summary: `committed ${count}: ${title}` };
}

function checkedMessage(text: string): Result<string> {
  const message = text.replaceAll("\r\n", "\n").trim();
  if (message === "" || /[\u0000-\u0008\u000b-\u001f\u007f]/.test(message))
    return failure("tool.invalid_input", "A commit's message is text without control characters.");
  if (hidesSecret(message) || message.includes(REDACTED))
    return failure("tool.failed", "The message holds something in the shape of a secret.");
  return ok(message);
}

/** Why this must not be committed, if so: a commit stays in the repository even when the change is discarded. */
function problemOf({ paths, patch, isCut }: Awaited<ReturnType<GitRecorder["preview"]>>): string | undefined {
  const secret = paths.find(isSecretPath);
  if (secret !== undefined) return `${secret} may hold secrets and is not committed by an agent.`;
  if (isCut) return "The change is too large to be looked through for secrets, so it is not committed.";
  const added = patch.split("\n").filter((line) => line.startsWith("+"));
  return hidesSecret(added.join("\n")) ? "The change holds something in the shape of a secret." : undefined;
}
