/** nexus rpc: the protocol over standard streams, for a client in any language. */
import { type ClientRole, type ConnectionWish, nexusError, PROTOCOL_VERSION } from "../../protocol/index.ts";
import type { CliContext } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import type { Arguments } from "./parse.ts";

/** Ends with 0 when the client has closed its side, and with 1 when the daemon has, or cannot be had. */
export async function rpcCommand(context: CliContext, args: Arguments): Promise<ExitCode> {
  if (!args.has("stdio")) throw nexusError("usage.invalid", "Say over what: `nexus rpc --stdio`.");
  const { protocolStdio, stdioLines } = await import("../host/stdio.ts");
  const { systemClock } = await import("../host/clock.ts");
  const { relay } = await import("../server/rpc/relay.ts");
  const { socket, ended } = stdioLines(protocolStdio());
  const role = args.text("as") === "human" ? "human" : "automation";
  const by = await relay({
    client: socket,
    clientEnded: ended,
    clock: systemClock,
    open: (wish) => openFor(context, role, wish),
  });
  return by === "client" ? EXIT.done : EXIT.failed;
}

async function openFor(
  context: CliContext,
  wanted: ClientRole,
  { client = { name: "nexus rpc" }, capabilities }: ConnectionWish,
) {
  const { name, title = name, face = "program" } = client;
  const as = { name, title, face, role: wanted };
  const { connection, socket, role } = await context.open({
    as,
    ...(capabilities === undefined ? {} : { capabilities }),
  });
  const { version, pid } = connection.daemon;
  const offered = connection.capabilities;
  const about = { connectionId: connection.connectionId, role, protocolVersion: PROTOCOL_VERSION, version, pid };
  return { socket, answer: { ...about, ...(offered === undefined ? {} : { capabilities: offered }) } };
}
