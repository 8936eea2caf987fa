/** A model that answers from a recording: the same request gets the same answer, without network or cost. */
import { type ModelName, nexusError } from "../../protocol/index.ts";
import { readText } from "../host/files.ts";
import type { ChatModel, ModelResponse } from "./model.ts";
import { parseRecording, requestHash } from "./recording.ts";

/**
 * Answers by the hash of the whole request; a request that was recorded more than once gets its answers in order.
 * Rejects with `replay.missing` when there is none (left), and with `settings.invalid` for a file that is no recording.
 */
export function createReplayModel(name: ModelName, file: string): ChatModel {
  let recording: Promise<Map<string, ModelResponse[]>> | undefined;
  const used = new Map<string, number>();
  return {
    name,
    async respond(request, { signal, onText }) {
      signal.throwIfAborted();
      recording ??= readRecording(file);
      const responses = await recording;
      const hash = requestHash(request);
      const index = used.get(hash) ?? 0;
      const response = responses.get(hash)?.[index];
      if (response === undefined) throw nexusError("replay.missing", `(${file}, request ${hash.slice(0, 12)})`);
      used.set(hash, index + 1);
      if (response.text !== "") onText(response.text);
      return response;
    },
  };
}

async function readRecording(file: string): Promise<Map<string, ModelResponse[]>> {
  const text = await readText(file);
  if (text === undefined) throw nexusError("replay.missing", `There is no file ${file}.`);
  return parseRecording(text, file);
}
