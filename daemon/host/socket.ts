/** Sockets that carry lines: Unix sockets and Windows pipes. */
import { connect, createServer, type Socket } from "node:net";
import { nexusError } from "../../protocol/errors.ts";
import { changeMode, lstat, removeFile } from "./files.ts";
import { type LineSocket, lineSocket } from "./lines.ts";
import { checkPrivateFile } from "./paths.ts";

export interface SocketServer {
  /** Takes no more connections and removes the socket file; open connections go on. Resolves when all have ended. */
  close(): Promise<void>;
}

const isPipe = (address: string) => address.startsWith("\\\\.\\pipe\\");

/**
 * Listens at a Unix socket (made 0600, then looked at) or a Windows pipe. A socket file that an earlier daemon left is
 * removed: call it only while holding the writer lock. Rejects with `daemon.folder_unsafe` when the file is another's.
 */
export async function listen(address: string, onSocket: (socket: LineSocket) => void): Promise<SocketServer> {
  if (!isPipe(address)) await removeStaleSocket(address);
  const server = createServer((socket) => onSocket(lineSocketOf(socket)));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    // Binding happens inside this call, so the narrow mask holds for the socket file and nothing else.
    const mask = process.umask(0o077);
    server.listen(address, () => {
      server.off("error", reject);
      resolve();
    });
    process.umask(mask);
  });
  server.on("error", () => undefined);
  if (!isPipe(address)) {
    await changeMode(address, 0o600);
    await checkPrivateFile(address);
  }
  return { close: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** Connects; rejects with the system's error (ENOENT, ECONNREFUSED …), or ETIMEDOUT when nothing accepts in time. */
export async function connectSocket(address: string, timeoutMs: number): Promise<LineSocket> {
  if (!isPipe(address)) await checkPrivateFile(address);
  return new Promise((resolve, reject) => {
    const socket = connect(address);
    const timer = setTimeout(() => {
      socket.destroy();
      reject(Object.assign(new Error(`no answer from ${address}`), { code: "ETIMEDOUT" }));
    }, timeoutMs);
    socket.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    socket.once("connect", () => {
      clearTimeout(timer);
      resolve(lineSocketOf(socket, 64 * 1024 * 1024));
    });
  });
}

/** `maxLineLength` in characters; the daemon's answers to a client that trusts it may be longer than requests. */
function lineSocketOf(socket: Socket, maxLineLength?: number): LineSocket {
  const streams = {
    ...{ input: socket, output: socket, close: () => socket.destroySoon(), destroy: () => socket.destroy() },
    onClose(listener: () => void) {
      if (socket.destroyed) queueMicrotask(listener);
      else socket.once("close", listener);
    },
  };
  return lineSocket(streams, maxLineLength);
}

async function removeStaleSocket(address: string): Promise<void> {
  await checkPrivateFile(address, 0);
  const stats = await lstat(address);
  if (stats === undefined) return;
  if (!stats.isSocket()) throw nexusError("daemon.folder_unsafe", `${address} is not a socket.`);
  await removeFile(address);
}
