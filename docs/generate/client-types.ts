/** The types of the package's export `nexus/client` (dist/client/index.d.ts), which stand alone: no schema library, no source of ours. */
import { NOTIFICATIONS, REQUESTS, REVERSE_REQUESTS } from "../../protocol/index.ts";
import { protocolSchema } from "./protocol-schema.ts";
import type { JsonSchema } from "./type-text.ts";

const INTRODUCTION = `// The typed client of Nexus. Generated from protocol/: see docs/protocol.md and docs/clients.md.

/** What an AbortSignal is, as far as it is needed. */
export interface CancelSignal {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void, options?: { readonly once?: boolean }): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

export interface ConnectOptions {
  /** The program's name, for the record and for \`nexus clients\`. */
  readonly name: string;
  /** What people call it. */
  readonly title?: string | undefined;
  readonly face?: ClientFace | undefined;
  /** human may answer approvals; left out: automation. */
  readonly role?: ClientRole | undefined;
  /** The data folder; left out: NEXUS_HOME, or the user's own. */
  readonly home?: string | undefined;
  /** False: rejects with \`daemon.unreachable\` where no daemon runs, instead of starting one. */
  readonly start?: boolean | undefined;
  /** The environment of a daemon that is started; left out: this program's. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** What the daemon may ask; each request needs a handler (\`handle\`). */
  readonly capabilities?: ClientCapabilities | undefined;
}

export interface ClientConnection {
  readonly connectionId: string;
  readonly daemon: { readonly version: string; readonly buildTime: number; readonly pid: number };
  /** What the daemon offers; undefined for an older one. */
  readonly capabilities: DaemonCapabilities | undefined;
  /** Rejects with a NexusError; when \`signal\` aborts the daemon is told to stop working on it. */
  request<Name extends keyof Requests>(
    name: Name,
    params: Requests[Name]["params"],
    options?: { readonly signal?: CancelSignal },
  ): Promise<Requests[Name]["result"]>;
  /** Calls back for every notification of that name; returns the function that ends it. */
  on<Name extends keyof Notifications>(name: Name, listener: (params: Notifications[Name]) => void): () => void;
  /** Answers a request of the daemon, whose name must be among the capabilities; returns the function that ends it. */
  handle<Name extends keyof ReverseRequests>(name: Name, handler: ReverseHandler<Name>): () => void;
  onClose(listener: () => void): void;
  close(): void;
}

export type ReverseHandler<Name extends keyof ReverseRequests> = (
  params: ReverseRequests[Name]["params"],
  context: { readonly signal: CancelSignal },
) => ReverseRequests[Name]["result"] | Promise<ReverseRequests[Name]["result"]>;

/** A link that lasts: it connects when it is first needed, again after a loss, and watches go on without a gap. */
export interface DaemonLink {
  request<Name extends keyof Requests>(
    name: Name,
    params: Requests[Name]["params"],
    options?: { readonly signal?: AbortSignal },
  ): Promise<Requests[Name]["result"]>;
  on<Name extends keyof Notifications>(name: Name, listener: (params: Notifications[Name]) => void): () => void;
  /** Every event of the run after number \`after\`, once and in order; \`onEnd\`: it cannot be watched any more. */
  watch(
    runId: string,
    after: number,
    onEvent: (event: RunEvent) => void,
    onEnd?: (error: NexusError) => void,
  ): () => void;
  onConnected(listener: () => void): () => void;
  onLost(listener: (error: NexusError) => void): () => void;
  close(): void;
}

/** An expected failure: \`value.code\` is stable, see docs/errors.md. */
export declare class NexusError extends Error {
  readonly value: ErrorValue;
  constructor(value: ErrorValue, options?: ErrorOptions);
}

/** Finds the daemon of the data folder, or starts it, and shakes hands. Rejects with a NexusError. */
export declare function connect(options: ConnectOptions): Promise<ClientConnection>;

export declare function link(options: ConnectOptions): DaemonLink;

/** What a run is after an event; begin with null and event number 1. */
export declare function applyRunEvent(state: RunState | null, event: RunEvent): RunState;
`;

export function clientTypes(): string {
  const { types, describe } = protocolSchema();
  const row = (name: string, summary: string, type: string) =>
    `  /** ${summary} */\n  ${JSON.stringify(name)}: ${type};\n`;
  const requestRow = ({
    name,
    summary,
    params,
    result,
  }: (typeof REQUESTS)[number] | (typeof REVERSE_REQUESTS)[number]) =>
    row(name, summary, `{ params: ${typeOf(describe(params))}; result: ${typeOf(describe(result))} }`);
  const requests = REQUESTS.filter(({ name }) => !name.startsWith("handshake/")).map(requestRow);
  const notifications = NOTIFICATIONS.map(({ name, summary, params }) => row(name, summary, typeOf(describe(params))));
  return [
    INTRODUCTION,
    `/** What a client asks and the daemon answers. */\nexport interface Requests {\n${requests.join("")}}\n`,
    `/** What the daemon tells. */\nexport interface Notifications {\n${notifications.join("")}}\n`,
    `/** What the daemon asks of clients that offer it. */\nexport interface ReverseRequests {\n${REVERSE_REQUESTS.map(requestRow).join("")}}\n`,
    ...[...types].map(([name, schema]) => `export type ${name} = ${typeOf(schema)};\n`),
  ].join("\n");
}

function typeOf(schema: JsonSchema): string {
  if (schema.$ref !== undefined) return schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1);
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return alternatives.map(typeOf).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const types = [schema.type ?? []].flat();
  return types.length === 0 ? "unknown" : types.map((type) => typeNamed(type, schema)).join(" | ");
}

function typeNamed(type: string, schema: JsonSchema): string {
  if (type === "array") return `(${typeOf(schema.items ?? {})})[]`;
  if (type === "object") return objectType(schema);
  return type === "integer" ? "number" : type;
}

function objectType({ properties, required = [], additionalProperties: values }: JsonSchema): string {
  if (properties === undefined) return `Record<string, ${typeof values === "object" ? typeOf(values) : "unknown"}>`;
  const fields = Object.entries(properties).map(([name, field]) => {
    const key = /^\w+$/.test(name) ? name : JSON.stringify(name);
    const type = typeOf(field);
    return required.includes(name) ? `${key}: ${type}` : `${key}?: ${type} | undefined`;
  });
  return fields.length === 0 ? "Record<string, never>" : `{ ${fields.join("; ")} }`;
}
