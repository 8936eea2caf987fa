/** The LSP face: a language server that an editor starts, and a client of the daemon. */
import type { Writable } from "node:stream";
import { createConnection } from "vscode-languageserver";
import { createProtocolConnection } from "vscode-languageserver/node";
import type { Clock } from "../../host/clock.ts";
import type { LspOptions } from "./options.ts";
import { createSession } from "./session.ts";
import { createTransport } from "./transport.ts";

const CLIENT_LOOK_MS = 2000;
/** What is still to be written then is lost: nobody reads it. */
const FLUSH_MS = 500;

/** Resolves with the exit code when the client has ended the session, or is gone. */
export async function serveLsp(options: LspOptions): Promise<0 | 1> {
  const { input, output, clock } = options;
  const transport = createTransport(input, output);
  const ended = Promise.withResolvers<void>();
  let cancelLook: () => void = () => undefined;

  /** An editor that was killed may leave the pipe open in a child of its own. */
  function watchClient(pid: unknown): void {
    if (typeof pid !== "number" || !Number.isSafeInteger(pid) || pid <= 0) return;
    cancelLook();
    const look = () => {
      if (!options.isAlive(pid)) ended.resolve();
      else cancelLook = clock.timer(CLIENT_LOOK_MS, look);
    };
    look();
  }

  const connection = createConnection(
    (logger) =>
      createProtocolConnection(transport.reader, transport.writer, logger, {
        messageStrategy: {
          handleMessage(message, next) {
            transport.handled(message);
            return next(message);
          },
        },
      }),
    {
      shutdownReceived: false,
      initialize: ({ processId }) => watchClient(processId),
      exit: () => ended.resolve(),
    },
  );
  watchClient(options.clientPid);
  const session = createSession(connection, options);
  connection.listen();
  await Promise.race([ended.promise, transport.gone]);
  cancelLook();
  session.stop();
  await flush(output, clock);
  return transport.lifecycle.exitCode();
}

async function flush(output: Writable, clock: Clock): Promise<void> {
  if (output.destroyed || output.writableLength === 0) return;
  const controller = new AbortController();
  const written = new Promise<void>((resolve) => output.write("", () => resolve()));
  await Promise.race([written, clock.sleep(FLUSH_MS, controller.signal).catch(() => undefined)]);
  controller.abort();
}
