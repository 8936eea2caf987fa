/** nexus memory embed, learn */
import type { Answer, Params } from "../../protocol/index.ts";
import { memoryEmbedding, nexusError } from "../../protocol/index.ts";
import { amountOf, type CliContext, printJson } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { count, duration, figure, money, oneLine } from "./format.ts";
import { withMemory } from "./memory-call.ts";
import { vectorsText } from "./memory-status.ts";
import type { Arguments } from "./parse.ts";

export function embedCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  const wish = wishOf(args);
  return withMemory(context, args.text("repo"), async ({ connection, workspace, signal }) => {
    const answer = await connection.request("memory/embedding", { workspace, ...wish }, { signal });
    if (args.has("json")) printJson(context, answer);
    else context.terminal.out(embeddingText(answer));
    return EXIT.done;
  });
}

/** Throws `usage.invalid`. */
function wishOf(args: Arguments): Omit<Params<"memory/embedding">, "workspace"> {
  const { action: actions, store: stores, embedder } = memoryEmbedding.params.shape;
  const action = actions.safeParse(args.words[0]);
  if (!action.success)
    throw nexusError("usage.invalid", `ACTION is “${args.words[0]}”; it accepts ${actions.options.join(", ")}.`);
  const [provider, model, baseUrl] = [args.text("provider"), args.text("model"), args.text("base-url")];
  if (provider === undefined && (model ?? baseUrl) !== undefined)
    throw nexusError("usage.invalid", "--model and --base-url need --provider.");
  const given = { provider, ...(model === undefined ? {} : { model }), ...(baseUrl === undefined ? {} : { baseUrl }) };
  const chosen = embedder.safeParse(provider === undefined ? undefined : given);
  if (!chosen.success) throw nexusError("usage.invalid", "--model or --base-url is too long.");
  const store = stores.safeParse(args.text("store")).data;
  const capUsd = amountOf(args.text("budget"));
  return {
    action: action.data,
    ...(chosen.data === undefined ? {} : { embedder: chosen.data }),
    ...(store === undefined ? {} : { store }),
    ...(capUsd === undefined ? {} : { capUsd }),
  };
}

export function embeddingText({ vectors, estimate }: Answer<"memory/embedding">): string {
  const now =
    vectors === null ? "There are no vectors; search works without.\n" : `Vectors: ${vectorsText(vectors)}.\n`;
  if (estimate === null) return now;
  const cost = estimate.costUsd === null ? "a price that is not known" : money(estimate.costUsd);
  const time = estimate.seconds === null ? "" : `, about ${duration(estimate.seconds * 1000)}`;
  return `${now}To embed: ${count(estimate.chunks, "chunk")}, ${figure(estimate.tokens)} tokens, ${cost}${time}.\n`;
}

export function learnCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  return withMemory(context, args.text("repo"), async ({ connection, workspace, signal }) => {
    const answer = await connection.request("memory/learn", { workspace }, { signal });
    if (args.has("json")) printJson(context, answer);
    else context.terminal.out(learnText(answer));
    return EXIT.done;
  });
}

function learnText({ kept, reason, measuredOn, before, after }: Answer<"memory/learn">): string {
  const score = (value: { recallAt10: number; mrr: number }) =>
    `R@10 ${value.recallAt10.toFixed(3)}, MRR ${value.mrr.toFixed(3)}`;
  const measured =
    before === null || after === null
      ? ""
      : `On ${count(measuredOn, "commit")}: before ${score(before)}; after ${score(after)}.\n`;
  const head = kept ? "Learnt from the history" : "Kept the built-in table";
  return `${head}: ${oneLine(reason, 300)}\n${measured}`;
}
