/**
 * An embedding model from a folder on this machine, run by transformers.js for those who have installed it
 * (`npm install @huggingface/transformers`). Nothing is ever downloaded: the folder holds config.json, tokenizer.json and
 * onnx/model.onnx (or a quantised one), as models for transformers.js do.
 */
import { basename, dirname, join } from "node:path";
import { failure, ok, type Result } from "../../../protocol/index.ts";
import { stat } from "../../host/files.ts";
import { requirePackage } from "../../host/packages.ts";
import { type Embedder, speakable } from "./embedder.ts";
import { normalise } from "./unit-vector.ts";

/** What is used of @huggingface/transformers 3, as its documentation says. */
export interface Transformers {
  readonly env: { allowRemoteModels: boolean; allowLocalModels: boolean; localModelPath: string };
  pipeline(task: "feature-extraction", model: string, options: { dtype: string }): Promise<Extractor>;
}

type Extractor = (
  texts: string[],
  options: { pooling: "mean"; normalize: boolean },
) => Promise<{ readonly dims: number[]; readonly data: Float32Array }>;

export interface LocalEmbedderOptions {
  readonly folder: string;
  /** Which of the folder's onnx files: "fp32" is model.onnx, "q8" model_quantized.onnx. */
  readonly dtype?: "fp32" | "fp16" | "q8" | "q4";
  readonly load?: () => Transformers;
}

const MAX_BATCH = 16;

/** Loads the model, which takes a second or so. */
export async function localEmbedder(options: LocalEmbedderOptions): Promise<Result<Embedder>> {
  const { folder, dtype = "fp32", load = () => requirePackage<Transformers>("@huggingface/transformers") } = options;
  if ((await stat(join(folder, "config.json"))) === undefined)
    return failure("settings.invalid", `${folder} holds no model for transformers.js: it has no config.json.`);
  let transformers: Transformers;
  try {
    transformers = load();
  } catch (error) {
    return failure(
      "vectors.unavailable",
      `@huggingface/transformers is not installed or does not load: ${said(error)}`,
    );
  }
  transformers.env.allowRemoteModels = false;
  transformers.env.allowLocalModels = true;
  transformers.env.localModelPath = dirname(folder);
  try {
    const extract = await transformers.pipeline("feature-extraction", basename(folder), { dtype });
    return ok(create(basename(folder), dtype, extract));
  } catch (error) {
    return failure("vectors.unavailable", `The model in ${folder} does not load: ${said(error)}`);
  }
}

function create(model: string, dtype: string, extract: Extractor): Embedder {
  let dimensions: number | undefined;
  async function embedSlice(texts: readonly string[]): Promise<Float32Array[] | string> {
    const { dims, data } = await extract(texts.map(speakable), { pooling: "mean", normalize: true });
    const size = dims[1] ?? 0;
    const wrong = dims.length !== 2 || dims[0] !== texts.length || data.length !== texts.length * size || size === 0;
    if (wrong || (dimensions !== undefined && size !== dimensions)) return `It gave ${dims.join(" × ")} numbers.`;
    if (!data.every(Number.isFinite)) return "It gave something that is no number.";
    dimensions = size;
    return texts.map((_, index) => normalise(Float32Array.from(data.subarray(index * size, (index + 1) * size))));
  }

  return {
    place: "this machine",
    id: `local/${model}/${dtype}`,
    model,
    get dimensions() {
      return dimensions;
    },
    maxBatch: MAX_BATCH,
    usdPerMillionTokens: 0,
    async embed(texts, signal) {
      const vectors: Float32Array[] = [];
      for (let from = 0; from < texts.length; from += MAX_BATCH) {
        signal.throwIfAborted();
        try {
          const slice = await embedSlice(texts.slice(from, from + MAX_BATCH));
          if (typeof slice === "string") return failure("model.bad_answer", slice);
          vectors.push(...slice);
        } catch (error) {
          return failure("model.bad_answer", said(error));
        }
      }
      return ok(vectors);
    },
  };
}

function said(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}
