/** Code actions from agents: listed at once, made when one is chosen. */
import * as z from "zod/mini";
import { wordsOf } from "../errors.ts";
import type { Call, CommandCall, CommandHandler, Face, Feature } from "../feature.ts";
import { request } from "../feature.ts";
import { tokens } from "../params.ts";
import { parsed } from "../words.ts";
import { createAvailability } from "./availability.ts";
import { type MadeChange, makeChange } from "./change.ts";
import { ACTION_KINDS, type ActionId, ANNOUNCED_KINDS, EDITING_IDS } from "./kinds.ts";
import { ListParams, listActions } from "./list.ts";
import { createReviews } from "./review.ts";
import { createTakes } from "./take.ts";
import { ActionData, Wish } from "./wish.ts";

const Resolving = z.looseObject({ title: z.string(), data: ActionData, ...tokens });
const Applied = z.object({ applied: z.boolean(), failureReason: z.optional(z.nullable(z.string())) });

export function createCodeActions(face: Face): Feature {
  const availability = createAvailability(face);
  const takes = createTakes(face);
  const reviews = createReviews(face, availability);

  /** The edit of a chosen action. Whether the client applies it is told by its documents. */
  async function resolve(
    { data, workDoneToken, ...action }: z.output<typeof Resolving>,
    { signal }: Call,
  ): Promise<object> {
    const { action: id, ...wish } = data;
    const made = await makeChange(face, availability, id, wish, { signal, workDoneToken });
    if (made === undefined) return { ...action, data };
    takes.expect(made.runId, made.expected);
    return { ...action, data, edit: made.edit };
  }

  async function apply(id: ActionId, { edit, runId, expected }: MadeChange): Promise<object> {
    const answer = await face.connection
      .sendRequest("workspace/applyEdit", { label: `Nexus: ${id}`, edit })
      .catch((error: unknown) => ({ applied: false, failureReason: wordsOf(error) }));
    const read = Applied.safeParse(answer);
    if (read.success && read.data.applied) {
      await takes.applied(runId, expected);
      return { runId, applied: true };
    }
    const why = (read.success ? read.data.failureReason : undefined) ?? "The editor did not say why.";
    face.say(
      "error",
      `The editor did not apply the edit: ${why} Run ${runId} keeps the change: nexus.accept writes it.`,
    );
    return { runId, applied: false };
  }

  async function change(id: ActionId, wish: Wish, call: CommandCall): Promise<object> {
    const made = await makeChange(face, availability, id, wish, call);
    return made === undefined ? { applied: false } : apply(id, made);
  }

  function command(work: (wish: Wish, call: CommandCall) => Promise<object>): CommandHandler {
    return async (words, call) => {
      const wish = parsed(Wish, words[0], "It needs [{uri, range?, goal?, diagnostics?, version?}]");
      if (call.workDoneToken !== undefined) return work(wish, call);
      // A client that waits for an answer waits for nothing else: it gets one at once, and the outcome when it is there.
      const own = { signal: new AbortController().signal, workDoneToken: undefined };
      work(wish, own).catch((error: unknown) => face.say("error", wordsOf(error)));
      return null;
    };
  }

  const changing = EDITING_IDS.map((id) => {
    return [ACTION_KINDS[id].command, command((wish, call) => change(id, wish, call))] as const;
  });
  let end: () => void = () => undefined;
  return {
    offers: [
      {
        method: "textDocument/codeAction",
        capability: "codeActionProvider",
        options: { codeActionKinds: ANNOUNCED_KINDS, resolveProvider: true, workDoneProgress: true },
      },
    ],
    requests: [
      request("textDocument/codeAction", ListParams, async (params) => listActions(face, availability, params)),
      request("codeAction/resolve", Resolving, resolve),
    ],
    commands: {
      ...Object.fromEntries(changing),
      [ACTION_KINDS.explain.command]: command(reviews.explain),
      [ACTION_KINDS.review.command]: command(reviews.review),
    },
    start() {
      end = face.documents.onOpen(({ uri }) => {
        const place = face.folders.placeOf(uri);
        if (place !== undefined) availability.look(place.folder);
      });
    },
    stop() {
      end();
      takes.stop();
      reviews.stop();
    },
  };
}
