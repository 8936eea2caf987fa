/** Other agents, and Nexus itself: with their own questions switched off they are never started. */
import { type Call, type Finding, type Grammar, type Grammars, unknown } from "../finding.ts";

const FORCED =
  /^(?:--dangerously[\w-]*|--yolo|-y|--full-auto|--auto-edit|--yes|--yes-always|--trust-all-tools|--no-interactive|--allow-all-tools|--allow-all|--force|-f|--approval-mode(?:=.*)?|--permission-mode(?:=.*)?|--ask-for-approval(?:=.*)?|-a|--sandbox(?:=.*)?|--skip-permissions[\w-]*|--auto|--auto-approve|--bypass[\w-]*|bypassPermissions|danger-full-access)$/;

const agent: Grammar = ({ name, args }: Call): Finding => {
  if (args.length === 1 && args[0]?.value === "--version")
    return { effect: "reads", why: `tells the version of ${name}` };
  if (args.some(({ value }) => FORCED.test(value ?? "")))
    return { effect: "forbidden", why: `starts the agent ${name} without its questions` };
  return unknown(`starts the agent ${name}`);
};

const AGENTS =
  `claude gemini codex aider q amp goose opencode crush cursor-agent copilot droid qwen cline plandex openhands interpreter llm sgpt auggie kiro
  continue cn roo`
    .split(/\s+/)
    .filter((name) => name !== "continue");

/** Everything that the daemon would take for a person's word. */
const nexus: Grammar = ({ args }: Call): Finding => {
  const command = args[0]?.value;
  if (args.length === 1 && (command === "--version" || command === "--help" || command === "help"))
    return { effect: "reads", why: "tells about Nexus" };
  return { effect: "forbidden", why: "an agent does not work Nexus itself" };
};

export const agents: Grammars = { ...Object.fromEntries(AGENTS.map((name) => [name, agent])), nexus };
