/** nexus policy explain: what a command or a file's use would mean, which rule decides each part, and what would lift it. */
import { nexusError } from "../../protocol/index.ts";
import type { Decision } from "../security/policy/decide.ts";
import { liftingRule } from "../security/policy/keepable.ts";
import type { Explanation, Policy } from "../security/policy/policy.ts";
import { type CliContext, printJson } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { oneLine, type Paint, wrapped } from "./format.ts";
import { workspaceOf } from "./memory-call.ts";
import type { Arguments } from "./parse.ts";
import { accessOfPath } from "./policy-check.ts";
import { folderPolicy, openPlace } from "./policy-place.ts";

export async function explainCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const workspace = await workspaceOf(context, args.text("repo"));
  const setting = { workspace, headless: args.has("headless"), trusted: !args.has("untrusted") };
  const policy = await folderPolicy(await openPlace(context), setting);
  const explanation = await explained(policy, context, args, workspace);
  if (args.has("json")) printJson(context, jsonOf(explanation));
  else context.terminal.out(explanationText(explanation, context.paint, context.terminal.columns));
  return EXIT.done;
}

async function explained(
  policy: Policy,
  context: CliContext,
  args: Arguments,
  workspace: string,
): Promise<Explanation> {
  const [read, write, line] = [args.text("read"), args.text("write"), lineOf(args.words)];
  if ([read, write, line || undefined].filter((given) => given !== undefined).length !== 1)
    throw nexusError("usage.invalid", "Give a COMMAND after --, or --read PATH, or --write PATH.");
  if (line !== "") return policy.explain({ kind: "command", command: line, cwd: workspace });
  const kind = read === undefined ? "write" : "read";
  const access = await accessOfPath({ kind, path: read ?? write ?? "", cwd: context.cwd, workspace });
  if (access.ok) return policy.explain(access.value);
  return { judgement: { verdict: "deny", rule: "outside", reason: access.error.message }, decisions: [] };
}

/** Words as a shell took them apart; one word alone is the whole line. */
function lineOf(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? "";
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
}

function jsonOf({ judgement, decisions }: Explanation): object {
  return {
    ...judgement,
    decisions: decisions.map((decision) => {
      const { verdict, rule, reason, concern } = decision;
      return { verdict, rule, reason, builtIn: concern.rule, lift: liftOf(decision) };
    }),
  };
}

/** The rule that would turn this question into an allow; null where there is none. */
function liftOf({ verdict, concern, rule }: Decision): string | null {
  if (verdict !== "ask" || rule !== concern.rule || concern.lift === "none") return null;
  return liftingRule(concern.subject) ?? null;
}

const COLOURS = { allow: "green", ask: "yellow", deny: "red" } as const;

function explanationText({ judgement, decisions }: Explanation, paint: Paint, width: number): string {
  const { verdict, rule, reason } = judgement;
  const text = (line: string) => wrapped(oneLine(line, 2000), width - 2).map((part) => `  ${part}\n`);
  const head = [`${paint(COLOURS[verdict], verdict)}  ${oneLine(rule, 300)}\n`, ...text(reason)];
  if (decisions.length < 2 && decisions.every((decision) => liftOf(decision) === null)) return head.join("");
  const lines = decisions.flatMap((decision) => {
    const lift = liftOf(decision);
    const more = lift === null ? [] : [`    ${paint("dim", `nexus policy keep '${oneLine(lift, 500)}'`)}\n`];
    const name = `${paint(COLOURS[decision.verdict], decision.verdict.padEnd(5))} ${oneLine(decision.rule, 300)}`;
    return [`  ${name}\n`, ...text(decision.reason).map((line) => `  ${line}`), ...more];
  });
  return [...head, "\n", ...lines].join("");
}
