/** docs/protocol.md, from the message values. */
import { MAX_BATCH } from "../../daemon/server/rpc/frames.ts";
import * as protocol from "../../protocol/index.ts";
import { NOTIFICATIONS, PROTOCOL_VERSION, REQUESTS, REVERSE_REQUESTS } from "../../protocol/index.ts";
import { protocolSchema } from "./protocol-schema.ts";
import { fieldTable, type JsonSchema, typeText } from "./type-text.ts";

const INTRODUCTION = `# The Nexus protocol

Version ${PROTOCOL_VERSION}. JSON-RPC 2.0: one UTF-8 JSON message a line, at most 1 MiB, over a Unix socket or a named pipe in the data
folder; over the standard streams of \`nexus rpc --stdio\`; or, where the settings say so, over a WebSocket, one message a frame.
[clients.md](clients.md) says how to write a client. \`protocol.schema.json\` holds all of this page as JSON Schema.

A connection begins with \`handshake/hello\` and \`handshake/prove\`: each side signs the other's nonce with HMAC-SHA-256 under the
token that lies in the data folder, and each says what it can do (\`capabilities\`). Everything else is refused before.

A request that takes long is given up with \`request/cancel\`, or by ending the connection. A request without an id is carried out and not
answered. Up to ${MAX_BATCH} messages may come as a batch; their answers come as one array. A message that cannot be read is answered with
JSON-RPC's own error and the connection goes on; it ends after bytes that are no UTF-8, after a message that is too large, and before
the handshake is over.

An error's \`data\` holds an error value with a stable code: see [errors.md](errors.md).
`;

/** The whole page. Named types are those that \`protocol/\` exports under their own name. */
export function protocolPage(): string {
  const { types: named, describe } = protocolSchema();

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
  const types = [...named]
    .filter(([name]) => name !== "RunEventBody")
    .map(([name, schema]) => `### ${name}\n\n${definitionText(schema)}`);

  return [
    INTRODUCTION,
    `## Requests\n\nA client asks, the daemon answers.\n\n${requests}`,
    `## Requests of the daemon\n\nThe daemon asks a client that named the request in its handshake (\`capabilities.requests\`).\n\n${reverse}`,
    `## Over standard streams\n\nWhat \`nexus rpc --stdio\` answers itself (see [clients.md](clients.md)).\n\n${requestText(protocol.connectionOpen)}`,
    `## Notifications\n\nThe daemon tells; nobody answers.\n\n${notifications.join("\n")}`,
    `## Types\n\n${types.join("\n")}`,
    `### RunEventBody\n\nOne of these, told apart by \`type\`:\n\n${events.join("\n")}`,
  ].join("\n");
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
