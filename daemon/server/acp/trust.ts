/** The question before the first run in a folder that nobody decided about, or that is another since. */
import { revealed } from "../../tools/gate/result.ts";
import type { DaemonLink } from "../link.ts";
import type { SessionClient } from "./client.ts";
import { askPerson } from "./permission.ts";
import { fenced, textContent } from "./tool-calls.ts";

/** Resolves when it is decided, or the question was put away: then the daemon goes by what is recorded. */
export async function askTrust(
  place: {
    readonly sessionId: string;
    readonly workspace: string;
    readonly client: SessionClient;
    readonly link: DaemonLink;
  },
  signal: AbortSignal,
): Promise<void> {
  const { sessionId, workspace, client, link } = place;
  const { state, files, changed, hash } = await link.request("workspace/trust", { workspace }, { signal });
  if (state !== "undecided" && state !== "changed") return;
  const lines =
    state === "changed" ? changed.map((path) => `- ${path}`) : files.map(({ path, why }) => `- ${path}: ${why}`);
  const head = state === "changed" ? "You trusted it; this has changed since:" : "What it would obey or have run:";
  const listed =
    lines.length === 0 ? "Nothing in it configures Nexus yet." : `${head}\n${fenced(revealed(lines.join("\n")))}`;
  const text = `Nexus would run the tests and commands of this folder and obey its rules:\n\n${fenced(revealed(workspace))}\n\n${listed}`;
  const toolCall = {
    toolCallId: `${sessionId}/trust/${hash.slice(0, 12)}`,
    title: "Trust this folder?",
    kind: "other" as const,
    status: "pending" as const,
    content: [textContent(text)],
  };
  await client.tell([{ sessionUpdate: "tool_call", ...toolCall }]);
  const asked = { sessionId, toolCall, options: [...OPTIONS] };
  const { outcome } = await askPerson(client, asked, signal).catch(() => NOT_SHOWN);
  const trusted = outcome.outcome === "selected" && outcome.optionId === "trust";
  const isDecided = trusted || (outcome.outcome === "selected" && outcome.optionId === "untrusted");
  if (isDecided) await link.request("workspace/setTrust", { workspace, trusted, hash }, { signal });
  const status = trusted ? ("completed" as const) : ("failed" as const);
  await client.tell([{ sessionUpdate: "tool_call_update", toolCallId: toolCall.toolCallId, status }]);
}

const NOT_SHOWN = { outcome: { outcome: "cancelled" as const } };

const OPTIONS = [
  { optionId: "trust", name: "Trust it", kind: "allow_always" },
  { optionId: "untrusted", name: "No: run nothing of it and obey none of its rules", kind: "reject_always" },
] as const;
