/** JSON Schema of all messages: docs/protocol.schema.json, and what the pages and the client's types are made from. */
import * as z from "zod/mini";
import * as protocol from "../../protocol/index.ts";
import { NOTIFICATIONS, PROTOCOL_VERSION, REQUESTS, REVERSE_REQUESTS } from "../../protocol/index.ts";
import type { JsonSchema } from "./type-text.ts";

export interface ProtocolSchema {
  /** Types that have a name, in the order of their names. */
  readonly types: ReadonlyMap<string, JsonSchema>;
  /** With references into `types`. */
  describe(schema: z.core.$ZodType): JsonSchema;
}

export function protocolSchema(): ProtocolSchema {
  const named = namedSchemas();
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of named) registry.add(schema, { id });
  const describe = (schema: z.core.$ZodType): JsonSchema => resolve(jsonSchemaOf(schema, registry));
  return { types: new Map(named.map(([name, schema]) => [name, describe(schema)])), describe };
}

/** The file, for validators: it fits every request and notification, and `$defs` has parameters and results by name. */
export function protocolSchemaText(): string {
  const { types, describe } = protocolSchema();
  const definitions = Object.fromEntries([...types].map(([name, schema]) => [name, plain(schema)]));
  const requests = [...REQUESTS, ...REVERSE_REQUESTS, protocol.connectionOpen].flatMap((message) => [
    [definitionName(message.name), frameOf(message, true)],
    [`${definitionName(message.name)}.params`, plain(describe(message.params))],
    [`${definitionName(message.name)}.result`, plain(describe(message.result))],
  ]);
  const notifications = NOTIFICATIONS.flatMap((message) => [
    [definitionName(message.name), frameOf(message, false)],
    [`${definitionName(message.name)}.params`, plain(describe(message.params))],
  ]);
  const frames = [...REQUESTS, ...REVERSE_REQUESTS, protocol.connectionOpen, ...NOTIFICATIONS];
  const schema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "The Nexus protocol",
    description: `Version ${PROTOCOL_VERSION}. Requests and notifications in both directions; see protocol.md.`,
    anyOf: frames.map(({ name }) => ({ $ref: `#/$defs/${definitionName(name)}` })),
    $defs: { ...definitions, ...Object.fromEntries([...requests, ...notifications]) },
  };
  return `${JSON.stringify(schema, undefined, 1)}\n`;
}

/** A slash would have to be written as `~1` in references. */
function definitionName(message: string): string {
  return message.replaceAll("/", ".");
}

function frameOf({ name, summary, direction }: protocol.NotificationMessage | protocol.RequestMessage, hasId: boolean) {
  return {
    description: `${direction === "clientToDaemon" ? "To the daemon" : "To the client"}. ${summary}`,
    type: "object",
    properties: {
      jsonrpc: { const: "2.0" },
      ...(hasId ? { id: { type: ["string", "number"] } } : {}),
      method: { const: name },
      params: { $ref: `#/$defs/${definitionName(name)}.params` },
    },
    required: ["jsonrpc", "method"],
  };
}

function namedSchemas(): [string, z.core.$ZodType][] {
  return Object.entries(protocol)
    .flatMap(([name, value]): [string, z.core.$ZodType][] => (isSchema(value) ? [[name, value]] : []))
    .sort(([first], [second]) => (first < second ? -1 : 1));
}

function isSchema(value: unknown): value is z.core.$ZodType {
  return typeof value === "object" && value !== null && "_zod" in value;
}

/** As input: whoever reads a message takes fields that he does not know. */
function jsonSchemaOf(schema: z.core.$ZodType, registry: z.core.$ZodRegistry<{ id: string }>): JsonSchema {
  return JSON.parse(JSON.stringify(z.toJSONSchema(schema, { metadata: registry, io: "input" })));
}

/** A schema that is itself a named type comes as a reference to its definition. */
function resolve(schema: JsonSchema): JsonSchema {
  const name = schema.$ref?.slice(schema.$ref.lastIndexOf("/") + 1);
  return name === undefined ? schema : (schema.$defs?.[name] ?? schema);
}

/** As a part of the whole: what it refers to stands there already. */
function plain(schema: JsonSchema): object {
  const { $defs: _definitions, ...rest } = schema;
  return Object.fromEntries(Object.entries(rest).filter(([key]) => key !== "$schema" && key !== "id"));
}
