/** docs/protocol.md, from the message values. */
import * as z from "zod/mini";
import * as protocol from "../../protocol/index.ts";
import { NOTIFICATIONS, PROTOCOL_VERSION, REQUESTS, REVERSE_REQUESTS } from "../../protocol/index.ts";
import { fieldTable, type JsonSchema, typeText } from "./type-text.ts";

const INTRODUCTION = `# The Nexus protocol

Version ${PROTOCOL_VERSION}. JSON-RPC 2.0, one UTF-8 JSON object a line, at most 1 MiB, over a Unix socket or a named pipe in
the data folder. A connection begins with \`handshake/hello\` and \`handshake/prove\`: each side signs the other's nonce with
HMAC-SHA-256 under the token that lies beside the socket. Everything else is refused before.
A request that takes long is given up with \`request/cancel\`, or by ending the connection.

An error's \`data\` holds an error value with a stable code: see [errors.md](errors.md).
`;

/** The whole page. Named types are those that \`protocol/\` exports under their own name. */
export function protocolPage(): string {
  const schemas = namedSchemas();
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of schemas) registry.add(schema, { id });
  const describe = (schema: z.core.$ZodType): JsonSchema => resolve(jsonSchemaOf(schema, registry));

  const requestText = ({ name, summary, params, result }: protocol.RequestMessage) =>
    [
      `### \`${name}\`\n`,
      `${summary}\n`,
      "Parameters:\n",
      fieldTable(describe(params)),
      answerText(describe(result)),
    ].join("\n");
  const [requests, reverse] = [REQUESTS, REVERSE_REQUESTS].map((messages) => messages.map(requestText).join("\n"));
  const notifications = NOTIFICATIONS.map(({ name, summary, params }) =>
    [`### \`${name}\`\n`, `${summary}\n`, fieldTable(describe(params))].join("\n"),
  );
  const events = (describe(protocol.RunEventBody).oneOf ?? []).map(eventText);
  const types = schemas
    .filter(([name]) => name !== "RunEventBody")
    .map(([name, schema]) => `### ${name}\n\n${definitionText(describe(schema))}`);

  return [
    INTRODUCTION,
    `## Requests\n\nA client asks, the daemon answers.\n\n${requests}`,
    `## Requests of the daemon\n\nThe daemon asks a client that named the request in its handshake (\`capabilities.requests\`).\n\n${reverse}`,
    `## Notifications\n\nThe daemon tells; nobody answers.\n\n${notifications.join("\n")}`,
    `## Types\n\n${types.join("\n")}`,
    `### RunEventBody\n\nOne of these, told apart by \`type\`:\n\n${events.join("\n")}`,
  ].join("\n");
}

function namedSchemas(): [string, z.core.$ZodType][] {
  return Object.entries(protocol)
    .flatMap(([name, value]): [string, z.core.$ZodType][] => (isSchema(value) ? [[name, value]] : []))
    .sort(([first], [second]) => (first < second ? -1 : 1));
}

function isSchema(value: unknown): value is z.core.$ZodType {
  return typeof value === "object" && value !== null && "_zod" in value;
}

function jsonSchemaOf(schema: z.core.$ZodType, registry: z.core.$ZodRegistry<{ id: string }>): JsonSchema {
  return JSON.parse(JSON.stringify(z.toJSONSchema(schema, { metadata: registry })));
}

/** A schema that is itself a named type comes as a reference to its definition. */
function resolve(schema: JsonSchema): JsonSchema {
  const name = schema.$ref?.slice(schema.$ref.lastIndexOf("/") + 1);
  return name === undefined ? schema : (schema.$defs?.[name] ?? schema);
}

function answerText(result: JsonSchema): string {
  const isEmpty = Object.keys(result.properties ?? {}).length === 0;
  return isEmpty ? "Answer: nothing.\n" : `Answer:\n\n${fieldTable(result)}`;
}

function definitionText(schema: JsonSchema): string {
  if (schema.properties !== undefined) return fieldTable(schema);
  const alternatives = schema.oneOf ?? schema.anyOf;
  if (alternatives === undefined) return `${typeText(schema)}\n`;
  return `One of:\n\n${alternatives.map((alternative) => `- ${typeText(alternative)}\n`).join("")}`;
}

function eventText(schema: JsonSchema): string {
  const { type, ...properties } = schema.properties ?? {};
  const name = String(type?.const);
  return `#### \`${name}\`\n\n${fieldTable({ ...schema, properties })}`;
}
