/** Raw settings (environment, settings file) parsed once into values that cannot be wrong. */
import { isAbsolute } from "node:path";
import * as z from "zod/mini";
import type { ModelSettingsInput, Params } from "../protocol/index.ts";
import { nexusError, PolicyRules } from "../protocol/index.ts";
import { validate } from "../protocol/validate.ts";
import { McpServers } from "./connectors/mcp/config.ts";
import { readText } from "./host/files.ts";
import { checkPrivateFile, homePaths } from "./host/paths.ts";
import { WebSocketFile, type WebSocketSettings, webSocketSettings } from "./host/web-socket-settings.ts";
import type { EmbeddingSettings } from "./memory/embedding/choice.ts";
import { DEFAULT_SCHEDULING, SchedulingFile, type SchedulingSettings } from "./orchestration/scheduling/settings.ts";
import type { TeamLimits } from "./orchestration/team/limits.ts";

const PROVIDERS = ["openai", "anthropic", "openai-compatible", "ollama", "editor", "replay"] as const;
export type Provider = (typeof PROVIDERS)[number];

export interface ModelSettings {
  readonly provider: Provider;
  readonly model: string;
  readonly baseUrl: string | null;
  readonly apiKey: string | null;
  /** USD per million tokens; null: look the model up in the price table. */
  readonly price: { readonly input: number; readonly output: number } | null;
  /** File to append every exchange to (NEXUS_RECORD), and to answer from (provider replay: NEXUS_REPLAY). */
  readonly recordFile: string | null;
  readonly replayFile: string | null;
  /** Tokens of input and answer together that a request may have; left out: by the model's name. */
  readonly windowTokens?: number | null;
}

export interface Settings {
  /** The data folder. */
  readonly home: string;
  /** Null when nothing is configured: a run then fails with `model.not_configured`. */
  readonly model: ModelSettings | null;
  readonly budgetUsd: number | null;
  readonly policy: PolicyRules;
  /** Of the provider's models those for easy, usual and hard tasks of a plan; left out: the model itself. */
  readonly models?: { readonly low?: string; readonly medium?: string; readonly high?: string };
  readonly idleExitMs: number;
  readonly embedding: EmbeddingSettings;
  /** How long and how many bytes of checkpoints are kept of ended runs. */
  readonly checkpoints: { readonly days: number; readonly maxBytes: number };
  /** The user's own MCP servers, as they stand in the file. */
  readonly mcpServers: McpServers;
  /** Whether tasks are taken over A2A, and for which folder; null: none are. */
  readonly a2a: { readonly workspace: string; readonly port: number } | null;
  /** Where WebSockets are taken, and from which pages; left out: nowhere. */
  readonly webSocket?: WebSocketSettings;
  /** The interpreter that MetaGPT is installed for; left out: it is looked for. */
  readonly metagpt?: { readonly python: string };
  /** How much is done at a time. */
  readonly scheduling: SchedulingSettings;
  /** How the tasks of one run work side by side; what is left out has a default. */
  readonly team?: Partial<TeamLimits>;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Less does not hold the agent's instructions, its tools, a request and an answer. */
const MIN_WINDOW_TOKENS = 4000;
const DEFAULT_CHECKPOINTS = { days: 30, maxBytes: 2 * 1024 ** 3 };
const DEFAULT_IDLE_EXIT_MS = 15 * 60_000;
const DEFAULT_MODELS: Readonly<Record<Provider, string | null>> = {
  openai: "gpt-6.1-terra",
  anthropic: "claude-sonnet-5-5",
  "openai-compatible": null,
  ollama: "qwen2.5-coder",
  editor: "any",
  replay: "recorded",
};
const OLLAMA_URL = "http://127.0.0.1:11434";

/** Variables that hold secrets: the daemon takes them out of its environment once it has read them. */
export const SECRET_VARIABLES = ["OPENAI_API_KEY", "ANTHROPIC_API_KEY"] as const;

const price = z.object({ input: z.number().check(z.gte(0)), output: z.number().check(z.gte(0)) });
const EmbeddingFile = z.strictObject({
  provider: z.enum(["table", "openai", "openai-compatible", "ollama", "local"]),
  model: z.optional(z.string().check(z.minLength(1), z.maxLength(300))),
  baseUrl: z.optional(z.string()),
  apiKey: z.optional(z.string()),
  usdPerMillionTokens: z.optional(z.number().check(z.gte(0))),
  store: z.optional(z.enum(["usearch", "chroma", "faiss"])),
  chroma: z.optional(z.strictObject({ address: z.string(), headers: z.optional(z.record(z.string(), z.string())) })),
  capUsd: z.optional(z.number().check(z.gte(0))),
});
const modelName = z.optional(z.string().check(z.minLength(1), z.maxLength(200)));
const SettingsFile = z.strictObject({
  provider: z.optional(z.enum(PROVIDERS)),
  model: z.optional(z.string().check(z.minLength(1), z.maxLength(200))),
  baseUrl: z.optional(z.string()),
  apiKey: z.optional(z.string()),
  price: z.optional(price),
  recordFile: z.optional(z.string()),
  replayFile: z.optional(z.string()),
  windowTokens: z.optional(z.int().check(z.gte(MIN_WINDOW_TOKENS))),
  budgetUsd: z.optional(z.number().check(z.gte(0))),
  models: z.optional(z.strictObject({ low: modelName, medium: modelName, high: modelName })),
  policy: z.optional(PolicyRules),
  idleExitMs: z.optional(z.int().check(z.gte(100))),
  embedding: z.optional(EmbeddingFile),
  checkpoints: z.optional(
    z.strictObject({ days: z.optional(z.number().check(z.gte(0))), maxBytes: z.optional(z.number().check(z.gte(0))) }),
  ),
  mcpServers: z.optional(McpServers),
  team: z.optional(
    z.strictObject({
      concurrency: z.optional(z.int().check(z.gte(1), z.lte(16))),
      silenceMinutes: z.optional(z.number().check(z.gte(1), z.lte(1440))),
      leastCoverage: z.optional(z.number().check(z.gte(0), z.lte(100))),
    }),
  ),
  a2a: z.optional(
    z.strictObject({
      workspace: z.string().check(z.minLength(1), z.maxLength(4096)),
      port: z.optional(z.int().check(z.gte(0), z.lte(65_535))),
    }),
  ),
  webSocket: z.optional(WebSocketFile),
  metagpt: z.optional(
    z.strictObject({
      python: z.string().check(z.maxLength(4096), z.refine(isAbsolute, "it must be an absolute path")),
    }),
  ),
  scheduling: z.optional(SchedulingFile),
});
export type SettingsFile = z.infer<typeof SettingsFile>;

/** Settings of this environment and of `<home>/settings.json`; the environment wins. Rejects with `settings.invalid`. */
export async function loadSettings(home: string, env: Environment): Promise<Settings> {
  return parseSettings(home, env, await readSettingsFile(home));
}

export function parseSettings(home: string, env: Environment, file: SettingsFile): Settings {
  return {
    home,
    model: modelSettings(env, file),
    budgetUsd: amount(env, "NEXUS_BUDGET") ?? file.budgetUsd ?? null,
    policy: file.policy ?? {},
    ...(file.models === undefined ? {} : { models: modelsOf(file.models) }),
    embedding: embeddingSettings(env, file.embedding),
    checkpoints: {
      days: file.checkpoints?.days ?? DEFAULT_CHECKPOINTS.days,
      maxBytes: file.checkpoints?.maxBytes ?? DEFAULT_CHECKPOINTS.maxBytes,
    },
    mcpServers: file.mcpServers ?? {},
    a2a: file.a2a === undefined ? null : { workspace: file.a2a.workspace, port: file.a2a.port ?? 0 },
    scheduling: schedulingSettings(file.scheduling),
    ...webSocketSettings(file.webSocket),
    ...(file.metagpt === undefined ? {} : { metagpt: file.metagpt }),
    ...(file.team === undefined ? {} : { team: teamSettings(file.team) }),
    idleExitMs: wholeNumber(env, "NEXUS_IDLE_MS", 100, "milliseconds") ?? file.idleExitMs ?? DEFAULT_IDLE_EXIT_MS,
  };
}

function modelsOf({ low, medium, high }: NonNullable<SettingsFile["models"]>): NonNullable<Settings["models"]> {
  return { ...(low && { low }), ...(medium && { medium }), ...(high && { high }) };
}

function teamSettings(file: NonNullable<SettingsFile["team"]>): Partial<TeamLimits> {
  const { concurrency, silenceMinutes, leastCoverage } = file;
  return {
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(silenceMinutes === undefined ? {} : { silenceMs: silenceMinutes * 60_000 }),
    ...(leastCoverage === undefined ? {} : { leastCoverage }),
  };
}

function schedulingSettings(file: SettingsFile["scheduling"] = {}): SchedulingSettings {
  const { runs, tasks, queue, providers, ageMs } = DEFAULT_SCHEDULING;
  return {
    runs: file.runs ?? runs,
    tasks: file.tasks ?? tasks,
    queue: file.queue ?? queue,
    providers: { ...providers, ...file.providers },
    ageMs: file.ageMs ?? ageMs,
  };
}

/** What a client sends with a run, so that the run uses the client's model and not that of whoever started the daemon. */
export function modelInput(model: ModelSettings | null): { modelSettings?: ModelSettingsInput } {
  return model === null ? {} : { modelSettings: { ...model } };
}

/** The default model after `model/configure`: what the message leaves out stays, unless the provider changes. */
export function configuredModel(
  present: ModelSettings | null,
  params: Params<"model/configure">,
): ModelSettings | null {
  const provider = params.provider ?? present?.provider;
  if (provider === undefined) return null;
  const kept = present?.provider === provider ? present : null;
  const merged = {
    provider,
    model: params.model ?? kept?.model,
    baseUrl: params.baseUrl ?? kept?.baseUrl,
    apiKey: params.apiKey ?? kept?.apiKey,
    price: kept?.price,
    recordFile: kept?.recordFile,
    replayFile: kept?.replayFile,
    windowTokens: kept?.windowTokens,
  };
  // An empty text takes a value back.
  const isGiven = (value: unknown) => value !== undefined && value !== null && value !== "";
  const file = Object.fromEntries(Object.entries(merged).filter(([, value]) => isGiven(value)));
  return modelSettings({}, parseFile(file, "model/configure"));
}

async function readSettingsFile(home: string): Promise<SettingsFile> {
  const path = homePaths(home).settings;
  const text = await readText(path);
  if (text === undefined) return {};
  await checkPrivateFile(path, 0o022);
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw nexusError("settings.invalid", `${path} is not JSON: ${error instanceof Error ? error.message : ""}`);
  }
  const file = parseFile(raw, path);
  const { apiKey, embedding } = file;
  const mayHoldKeys = apiKey ?? embedding?.apiKey ?? embedding?.chroma?.headers ?? file.mcpServers;
  if (mayHoldKeys !== undefined) await checkPrivateFile(path);
  return file;
}

function parseFile(raw: unknown, source: string): SettingsFile {
  const validated = validate(SettingsFile, raw);
  if (validated.ok) return validated.value;
  const known = Object.keys(SettingsFile.shape).join(", ");
  throw nexusError("settings.invalid", `${source}: ${validated.problem} (the settings are ${known}).`);
}

function modelSettings(env: Environment, file: SettingsFile): ModelSettings | null {
  const provider = chooseProvider(env, file);
  if (provider === null) return null;
  // The file describes one provider; its model, address and key mean nothing to another.
  const own = file.provider === undefined || file.provider === provider ? file : {};
  const baseUrl = baseUrlOf(provider, env, own);
  const model = env["NEXUS_MODEL"] || own.model || DEFAULT_MODELS[provider];
  if (provider === "openai-compatible" && baseUrl === null)
    throw nexusError("settings.invalid", "Provider openai-compatible needs its address in OPENAI_BASE_URL (baseUrl).");
  if (model === null)
    throw nexusError("settings.invalid", `Provider ${provider} needs the name of a model in NEXUS_MODEL (model).`);
  const replayFile = env["NEXUS_REPLAY"] || own.replayFile || null;
  if (provider === "replay" && replayFile === null)
    throw nexusError("settings.invalid", "Provider replay needs a recording in NEXUS_REPLAY (replayFile).");
  return {
    provider,
    model,
    baseUrl,
    apiKey: keyOf(provider, env, own),
    price: priceOf(env["NEXUS_PRICE"]) ?? own.price ?? null,
    recordFile: env["NEXUS_RECORD"] || own.recordFile || null,
    replayFile,
    windowTokens: wholeNumber(env, "NEXUS_WINDOW", MIN_WINDOW_TOKENS, "tokens") ?? own.windowTokens ?? null,
  };
}

/** Which model makes vectors of code. Without a word about it: the built-in table, and OpenAI's key for whoever asks for it. */
function embeddingSettings(env: Environment, file: z.infer<typeof EmbeddingFile> | undefined): EmbeddingSettings {
  const provider = file?.provider ?? "table";
  const openAiKey = env["OPENAI_API_KEY"] || null;
  const openAiUrl = url("OPENAI_BASE_URL", env["OPENAI_BASE_URL"]);
  const own = url("embedding.baseUrl", file?.baseUrl);
  const baseUrl = own ?? embeddingUrl(provider, env, openAiUrl);
  const needsModel = provider === "openai-compatible" || provider === "local";
  if (needsModel && file?.model === undefined)
    throw nexusError("settings.invalid", `embedding.provider ${provider} needs embedding.model.`);
  if (provider === "openai-compatible" && baseUrl === null)
    throw nexusError(
      "settings.invalid",
      "embedding.provider openai-compatible needs its address in embedding.baseUrl.",
    );
  return {
    provider,
    model: file?.model ?? null,
    baseUrl,
    // The environment's key belongs to the environment's address.
    apiKey: file?.apiKey || (provider === "openai" && (own ?? openAiUrl) === openAiUrl ? openAiKey : null),
    usdPerMillionTokens: file?.usdPerMillionTokens ?? null,
    store: file?.store ?? "usearch",
    chroma: chromaOf(file?.chroma),
    capUsd: file?.capUsd ?? null,
    openAiKey: openAiUrl === null ? openAiKey : null,
  };
}

function embeddingUrl(
  provider: EmbeddingSettings["provider"],
  env: Environment,
  openAiUrl: string | null,
): string | null {
  if (provider === "openai") return openAiUrl;
  return provider === "ollama" && env["OLLAMA_HOST"] ? url("OLLAMA_HOST", ollamaUrl(env["OLLAMA_HOST"])) : null;
}

function chromaOf(file: z.infer<typeof EmbeddingFile>["chroma"]): EmbeddingSettings["chroma"] {
  const address = url("embedding.chroma.address", file?.address);
  return address === null ? null : { address, headers: file?.headers ?? {} };
}

/** What must never be written anywhere. */
export function embeddingSecrets({ apiKey, chroma }: EmbeddingSettings): string[] {
  return [...(apiKey === null ? [] : [apiKey]), ...Object.values(chroma?.headers ?? {})];
}

/** What is named, else what the environment holds a key or an address for, else what the file says. */
function chooseProvider(env: Environment, file: SettingsFile): Provider | null {
  const named = env["NEXUS_PROVIDER"];
  if (named) {
    const provider = PROVIDERS.find((candidate) => candidate === named);
    if (provider !== undefined) return provider;
    throw nexusError("settings.invalid", `NEXUS_PROVIDER is “${named}”; it accepts ${PROVIDERS.join(", ")}.`);
  }
  if (file.provider !== undefined) return file.provider;
  if (env["NEXUS_REPLAY"]) return "replay";
  if (env["OPENAI_BASE_URL"] || env["OPENAI_API_KEY"]) return "openai";
  if (env["ANTHROPIC_API_KEY"] || env["ANTHROPIC_BASE_URL"]) return "anthropic";
  return env["OLLAMA_HOST"] ? "ollama" : null;
}

function baseUrlOf(provider: Provider, env: Environment, file: SettingsFile): string | null {
  switch (provider) {
    case "openai":
    case "openai-compatible":
      return url("OPENAI_BASE_URL", env["OPENAI_BASE_URL"] || file.baseUrl);
    case "anthropic":
      return url("ANTHROPIC_BASE_URL", env["ANTHROPIC_BASE_URL"] || file.baseUrl);
    case "ollama":
      return url("OLLAMA_HOST", ollamaUrl(env["OLLAMA_HOST"] || file.baseUrl));
    default:
      return null;
  }
}

/** Ollama's own variable may be a bare host, and names the address to listen at: 0.0.0.0 is none to connect to. */
function ollamaUrl(host: string | undefined): string {
  if (!host) return OLLAMA_URL;
  const full = /^https?:\/\//.test(host) ? host : `http://${host}${/:\d+$/.test(host) ? "" : ":11434"}`;
  return full.replace("//0.0.0.0", "//127.0.0.1");
}

function keyOf(provider: Provider, env: Environment, file: SettingsFile): string | null {
  switch (provider) {
    case "openai":
    case "openai-compatible":
      return env["OPENAI_API_KEY"] || file.apiKey || null;
    case "anthropic":
      return env["ANTHROPIC_API_KEY"] || file.apiKey || null;
    default:
      return null;
  }
}

function url(name: string, text: string | undefined): string | null {
  if (!text) return null;
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  if (parsed?.protocol === "http:" || parsed?.protocol === "https:") return text.replace(/\/+$/, "");
  throw nexusError(
    "settings.invalid",
    `${name} must be an address that begins with http:// or https://, not “${text}”.`,
  );
}

function priceOf(text: string | undefined): ModelSettings["price"] {
  if (!text) return null;
  const [input = Number.NaN, output = Number.NaN, ...rest] = text.split(",").map(numberOf);
  if (rest.length === 0 && input >= 0 && output >= 0) return { input, output };
  throw nexusError("settings.invalid", `NEXUS_PRICE must be “input,output” in USD per million tokens, not “${text}”.`);
}

function amount(env: Environment, name: string): number | null {
  const text = env[name];
  if (!text) return null;
  const value = numberOf(text);
  if (value >= 0 && Number.isFinite(value)) return value;
  throw nexusError("settings.invalid", `${name} must be an amount in USD of 0 or more, not “${text}”.`);
}

function wholeNumber(env: Environment, name: string, least: number, unit: string): number | null {
  const text = env[name];
  if (!text) return null;
  const value = numberOf(text);
  if (Number.isInteger(value) && value >= least) return value;
  throw nexusError("settings.invalid", `${name} must be a whole number of ${unit} of ${least} or more, not “${text}”.`);
}

/** Number("") is 0, which nobody means. */
function numberOf(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}
