/** Sockets that carry lines: Unix sockets and Windows pipes. */
import { connect, createServer, type Socket } from "node:net";
import { createLineSplitter, type LineTransport } from "../../protocol/connection.ts";
import { nexusError } from "../../protocol/errors.ts";
import { changeMode, lstat, removeFile } from "./files.ts";
import { checkPrivateFile } from "./paths.ts";

/** Why the other side's bytes cannot be read as lines. */
export type BrokenReason = "too_large" | "not_utf8";

/** A line transport that also tells how full it is. `onLine` may still be called for lines that came before `pause`. */
export interface LineSocket extends LineTransport {
  /** Bytes handed to `send` that the other side has not taken yet. */
  bufferedBytes(): number;
  pause(): void;
  resume(): void;
  /** Called each time the buffer has run empty. */
  onDrain(listener: () => void): void;
  onBroken(listener: (reason: BrokenReason) => void): void;
  /** Sends a last line, then closes; what is still unsent after `graceMs` is dropped. */
  end(lastLine: string, graceMs?: number): void;
}

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
  const server = createServer((socket) => onSocket(lineSocket(socket)));
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
      resolve(lineSocket(socket, 64 * 1024 * 1024));
    });
  });
}

/** `maxLineLength` in characters; the daemon's answers to a client that trusts it may be longer than requests. */
function lineSocket(socket: Socket, maxLineLength?: number): LineSocket {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let onLine: (line: string) => void = () => undefined;
  let onBroken: (reason: BrokenReason) => void = () => socket.destroy();
  let broken = false;
  const breakOff = (reason: BrokenReason) => {
    if (broken) return;
    broken = true;
    onBroken(reason);
  };
  const split = createLineSplitter(
    (line) => !broken && onLine(line),
    () => breakOff("too_large"),
    maxLineLength,
  );

  socket.on("data", (chunk) => {
    if (broken) return;
    let text: string;
    try {
      text = decoder.decode(chunk, { stream: true });
    } catch {
      breakOff("not_utf8");
      return;
    }
    split(text);
  });
  socket.on("error", () => socket.destroy());

  return {
    send(line) {
      if (socket.writable) socket.write(`${line}\n`);
    },
    close: () => socket.destroySoon(),
    onLine(listener) {
      onLine = listener;
    },
    onClose(listener) {
      if (socket.destroyed) queueMicrotask(listener);
      else socket.once("close", listener);
    },
    bufferedBytes: () => socket.writableLength,
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    onDrain: (listener) => void socket.on("drain", listener),
    onBroken(listener) {
      onBroken = listener;
    },
    end(lastLine, graceMs = 1000) {
      broken = true;
      if (socket.writable) socket.end(`${lastLine}\n`);
      // What the other side still sends is thrown away, so that its writes do not fail before it has read our line.
      socket.resume();
      setTimeout(() => socket.destroy(), graceMs).unref();
    },
  };
}

async function removeStaleSocket(address: string): Promise<void> {
  await checkPrivateFile(address, 0);
  const stats = await lstat(address);
  if (stats === undefined) return;
  if (!stats.isSocket()) throw nexusError("daemon.folder_unsafe", `${address} is not a socket.`);
  await removeFile(address);
}
