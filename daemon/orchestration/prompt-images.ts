/** The pictures of a run's prompt: kept with its log, and shown to the model with the words that they belong to. */
import { type ImagePin, nexusError, type PromptImage } from "../../protocol/index.ts";
import { hashOf } from "../host/files.ts";
import type { ImageInput, ModelRequest } from "../models/model.ts";
import type { Store } from "../store/store.ts";

export function pinnedImages(images: readonly PromptImage[]): { pins: ImagePin[]; bytes: Uint8Array[] } {
  const bytes = images.map(({ data }) => Buffer.from(data, "base64"));
  return { pins: images.map(({ mimeType }, index) => ({ mimeType, artifact: hashOf(bytes[index] ?? "") })), bytes };
}

const loaded = new WeakMap<readonly ImagePin[], Promise<ImageInput[]>>();

/** The request with the pictures in what the user says first: the goal or task. */
export async function withImages(
  artifacts: Store["artifacts"],
  pins: readonly ImagePin[] | undefined,
  request: ModelRequest,
): Promise<ModelRequest> {
  if (pins === undefined || pins.length === 0) return request;
  const reading = loaded.get(pins) ?? Promise.all(pins.map((pin) => imageOf(artifacts, pin)));
  loaded.set(pins, reading);
  const images = await reading;
  const first = request.messages.findIndex(({ role }) => role === "user");
  const messages = request.messages.map((message, index) =>
    index === first && message.role === "user" ? { ...message, images } : message,
  );
  return { ...request, messages };
}

async function imageOf(artifacts: Store["artifacts"], { mimeType, artifact }: ImagePin): Promise<ImageInput> {
  const bytes = await artifacts.get(artifact);
  if (bytes === undefined)
    throw nexusError("store.corrupt", `A picture of the prompt is gone (${artifact.slice(0, 12)}).`);
  return { mimeType, data: Buffer.from(bytes).toString("base64") };
}
