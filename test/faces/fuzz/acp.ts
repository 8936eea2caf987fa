/** `nexus acp`: requests of an editor, made from the protocol's own schema. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Channel } from "./channel.ts";
import type { Face } from "./face.ts";
import type { Method } from "./messages.ts";
import type { Place } from "./place.ts";
import { damagedLines } from "./rpc.ts";
import type { Schema } from "./schema-values.ts";
import { openStdio } from "./stdio-session.ts";

/** What starts a run takes long although nothing is wrong. */
const RARE: Readonly<Record<string, number>> = { "session/prompt": 60, "session/new": 4, "session/load": 3 };
/** Would start programs, or name other folders. */
const BARRED = /"(command|additionalDirectories)"/;

export async function acpFace(place: Place): Promise<Face> {
  const sessionIds: string[] = [];
  const open = (isKnown: boolean) =>
    openStdio(
      {
        place,
        words: ["acp"],
        kind: "lines",
        frame,
        probe: "nexus/probe",
        answer: (method) =>
          method === "session/request_permission" ? { outcome: { outcome: "cancelled" } } : undefined,
        greet: (channel) => greet(channel, place.repo, sessionIds),
      },
      isKnown,
    );
  return {
    name: "acp",
    grammar: {
      methods: methodsOfSchema(),
      cancel: { method: "$/cancel_request", field: "requestId" },
      pools(name, random) {
        if (name === "cwd") return random.pick([place.repo, place.repo, `${place.repo}/src`, "/nowhere", "src"]);
        if (name === "sessionId") return random.pick([...sessionIds.slice(-3), "none", ""]);
        if (name === "uri") return random.pick([`file://${place.repo}/src/cart.ts`, "file:///none", "x", ""]);
        if (name === "text") return random.pick(["What is it?", "/help", "/none", "", "\u2028"]);
        return undefined;
      },
      isBarred: (json) => BARRED.test(json),
    },
    strangerEvery: 40,
    frame,
    damaged: damagedLines,
    open,
    close: async () => undefined,
  };
}

async function greet(channel: Channel, cwd: string, sessionIds: string[]): Promise<void> {
  const clientInfo = { name: "fuzz", version: "1.0.0" };
  await channel.ask("initialize", { protocolVersion: 1, clientInfo, clientCapabilities: {} });
  const made = await channel.ask("session/new", { cwd, mcpServers: [] });
  const { sessionId } = (made["result"] ?? {}) as { sessionId?: string };
  if (sessionId === undefined) throw new Error(`no session: ${JSON.stringify(made)}`);
  sessionIds.push(sessionId);
}

/** The schema names method and side of each type of parameters. */
function methodsOfSchema(): readonly Method[] {
  const path = createRequire(import.meta.url).resolve("@agentclientprotocol/sdk/schema/v1/schema.json");
  const { $defs } = JSON.parse(readFileSync(path, "utf8")) as { $defs: Record<string, Schema> };
  const methods = Object.entries($defs).flatMap(([type, schema]): Method[] => {
    const name = schema["x-method"];
    if (schema["x-side"] !== "agent" || typeof name !== "string" || !/(Request|Notification)$/.test(type)) return [];
    const isNotification = type.endsWith("Notification");
    return [{ name, params: { ...schema, $defs }, isNotification, rarity: RARE[name] ?? 1 }];
  });
  if (methods.length < 8) throw new Error("The schema of the protocol names too few methods.");
  return methods;
}

function frame(text: string): Buffer {
  return Buffer.from(`${text.replaceAll("\n", " ")}\n`);
}
