/** nexus memory list, add, edit, confirm, forget */
import type { CiteInput, Fact } from "../../protocol/index.ts";
import { FactKind, FactStatus, nexusError } from "../../protocol/index.ts";
import { type CliContext, printJson, wholeNumberOf } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { oneLine, type Paint, printable, wrapped } from "./format.ts";
import { type MemoryCall, withMemory } from "./memory-call.ts";
import type { Arguments } from "./parse.ts";

export function listFactsCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const limit = wholeNumberOf("limit", args.text("limit"), 50, 100);
  const kind = FactKind.safeParse(args.text("kind"));
  const status = FactStatus.safeParse(args.text("status"));
  const text = args.text("text");
  return withMemory(context, args.text("repo"), async ({ connection, workspace, signal }) => {
    const filter = {
      ...(kind.success ? { kinds: [kind.data] } : {}),
      ...(status.success ? { statuses: [status.data] } : {}),
      ...(text === undefined ? {} : { text }),
    };
    const answer = await connection.request("memory/facts", { workspace, limit, ...filter }, { signal });
    const { terminal, paint } = context;
    if (args.has("json")) printJson(context, answer);
    else if (answer.facts.length === 0) terminal.out("Nothing is remembered: nexus memory add TEXT\n");
    else terminal.out(answer.facts.map((fact) => factText(fact, paint, terminal.columns)).join("\n"));
    if (answer.nextCursor !== null && !args.has("json"))
      terminal.out(`There are more: --limit ${Math.min(100, limit * 2)}, or --kind, --status, --text\n`);
    return EXIT.done;
  });
}

export function addFactCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const kind = FactKind.safeParse(args.text("kind"));
  const fact = {
    kind: kind.success ? kind.data : ("fact" as const),
    text: args.words.join(" "),
    scope: args.has("user") ? ("user" as const) : ("workspace" as const),
    cites: args.texts("cite").map(citeOf),
  };
  return withMemory(context, args.text("repo"), async ({ connection, workspace, signal }) => {
    const answer = await connection.request("memory/factAdd", { workspace, fact }, { signal });
    if (args.has("json")) printJson(context, answer);
    else context.terminal.out(`${OUTCOMES[answer.outcome]}\n${textOf(context, answer.fact)}`);
    return EXIT.done;
  });
}

const OUTCOMES = {
  added: "Remembered.",
  merged: "Known already; the citations were added.",
  known: "Known already.",
};

export function editFactCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const kind = FactKind.safeParse(args.text("kind"));
  const text = args.words.slice(1).join(" ");
  const cites = args.texts("cite").map(citeOf);
  const edit = {
    ...(text === "" ? {} : { text }),
    ...(kind.success ? { kind: kind.data } : {}),
    ...(cites.length === 0 ? {} : { cites }),
  };
  if (Object.keys(edit).length === 0) throw nexusError("usage.invalid", "Give a new TEXT, --kind or --cite.");
  return withMemory(context, args.text("repo"), async (call) => {
    const { factId, version } = await findFact(call, args.words[0] ?? "");
    const { workspace, signal } = call;
    const answer = await call.connection.request("memory/factEdit", { workspace, factId, edit, version }, { signal });
    return printFact(context, args, answer.fact);
  });
}

export function confirmFactCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  return withMemory(context, args.text("repo"), async (call) => {
    const { factId } = await findFact(call, args.words[0] ?? "");
    const { workspace, signal } = call;
    const answer = await call.connection.request("memory/factConfirm", { workspace, factId }, { signal });
    return printFact(context, args, answer.fact);
  });
}

export function forgetFactCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  return withMemory(context, args.text("repo"), async (call) => {
    const { factId, text } = await findFact(call, args.words[0] ?? "");
    const { workspace, signal } = call;
    const purge = args.has("purge");
    await call.connection.request("memory/factForget", { workspace, factId, purge }, { signal });
    if (args.has("json")) printJson(context, { factId, purged: purge });
    else context.terminal.out(`${purge ? "Removed" : "Forgot"}: ${oneLine(text, 200)}\n`);
    return EXIT.done;
  });
}

/** The fact of that id, or of the only id that begins so. */
async function findFact({ connection, workspace, signal }: MemoryCall, word: string): Promise<Fact> {
  const found: Fact[] = [];
  let cursor: string | null = null;
  do {
    const page: { facts: Fact[]; nextCursor: string | null } = await connection.request(
      "memory/facts",
      { workspace, limit: 100, statuses: [...FactStatus.options], ...(cursor === null ? {} : { cursor }) },
      { signal },
    );
    const exact = page.facts.find(({ factId }) => factId === word);
    if (exact !== undefined) return exact;
    found.push(...page.facts.filter(({ factId }) => factId.startsWith(word)));
    cursor = page.nextCursor;
  } while (cursor !== null);
  const [only] = found;
  if (only === undefined) throw nexusError("memory.unknown_fact", word);
  if (found.length > 1)
    throw nexusError("memory.unknown_fact", `“${word}” may be ${found.map(({ factId }) => factId).join(", ")}.`);
  return only;
}

/** "src/cart.ts:10-14". Throws `usage.invalid`. */
export function citeOf(text: string): CiteInput {
  const [, path = "", start, end = start] = /^(.+?)(?::(\d+)(?:-(\d+))?)?$/.exec(text) ?? [];
  if (path === "") throw nexusError("usage.invalid", "--cite is empty; it is PATH, PATH:LINE or PATH:LINE-LINE.");
  if (start === undefined) return { kind: "file", path };
  const lines = { start: Number(start), end: Number(end) };
  if (lines.start >= 1 && lines.end >= lines.start) return { kind: "file", path, lines };
  throw nexusError(
    "usage.invalid",
    `--cite is “${text}”; its lines count from 1 and the last is not before the first.`,
  );
}

function printFact(context: CliContext, args: Arguments, fact: Fact): ExitCode {
  if (args.has("json")) printJson(context, { fact });
  else context.terminal.out(textOf(context, fact));
  return EXIT.done;
}

function textOf({ paint, terminal }: CliContext, fact: Fact): string {
  return factText(fact, paint, terminal.columns);
}

export function factText(fact: Fact, paint: Paint, width: number): string {
  const scope = fact.workspace === null ? " · for you everywhere" : "";
  const head = `${paint("bold", oneLine(fact.factId, 80))}  ${fact.kind.replace("_", " ")}${scope}`;
  const reason = fact.reason === "" ? "" : `: ${oneLine(fact.reason, 300)}`;
  const status = fact.status === "active" ? "" : paint("yellow", `  ${fact.status}${reason}`);
  const text = wrapped(printable(fact.text), width - 2).map((line) => `  ${line}\n`);
  const cites = fact.cites.map((cite) => `  ${paint("cyan", citeText(cite))}\n`);
  return `${head}${status}\n${text.join("")}${cites.join("")}`;
}

function citeText(cite: Fact["cites"][number]): string {
  if ("ref" in cite) return oneLine(`${cite.kind} ${cite.ref}`, 200);
  const line = cite.lines === null ? "" : `:${cite.lines.start}`;
  return oneLine(`${cite.path}${line}${cite.symbol === null ? "" : `  ${cite.symbol}`}`, 300);
}
