/** Appends every exchange of a model to a file, from which replay.ts answers later. */
import { nexusError } from "../../protocol/index.ts";
import { appendText } from "../host/files.ts";
import type { ChatModel } from "./model.ts";
import { exchangeOf } from "./recording.ts";

/**
 * A model that answers as the given one does and records. The file is opened before the first call, so that one that
 * cannot be written fails as `settings.invalid` before anything is paid for. The key never gets into the file.
 */
export function recordingModel(model: ChatModel, file: string, apiKey: string | null): ChatModel {
  let writing: Promise<void> | undefined;

  function append(text: string): Promise<void> {
    const next = (writing ?? Promise.resolve()).then(() => appendText(file, text));
    writing = next.catch(() => undefined);
    return next.catch((error: unknown) => {
      const words = error instanceof Error ? error.message : String(error);
      throw nexusError("settings.invalid", `The recording cannot be written: ${words}`, { cause: error });
    });
  }

  return {
    name: model.name,
    async respond(request, options) {
      await append("");
      const response = await model.respond(request, options);
      const line = JSON.stringify(exchangeOf(request, response));
      await append(`${withoutKey(line, apiKey)}\n`);
      return response;
    },
  };
}

function withoutKey(line: string, apiKey: string | null): string {
  if (apiKey === null || apiKey.length < 4) return line;
  return line.replaceAll(JSON.stringify(apiKey).slice(1, -1), "[key]");
}
