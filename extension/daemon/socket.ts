/** A socket or pipe that carries lines. */
import { connect, type Socket } from "node:net";
import { createLineSplitter, type LineTransport } from "../../protocol/connection.ts";

const CONNECT_TIMEOUT_MS = 3000;
/** Answers of the daemon, which we trust, may be longer than requests. */
const MAX_ANSWER_LENGTH = 64 * 1024 * 1024;

/** Rejects with the system's error (ENOENT, ECONNREFUSED …), or when nothing accepts in time. */
export function connectSocket(address: string): Promise<LineTransport> {
  return new Promise((resolve, reject) => {
    const socket = connect(address);
    const timer = setTimeout(() => socket.destroy(new Error(`no answer from ${address}`)), CONNECT_TIMEOUT_MS);
    socket.once("error", reject);
    socket.once("close", () => clearTimeout(timer));
    socket.once("connect", () => {
      clearTimeout(timer);
      socket.off("error", reject);
      resolve(lines(socket));
    });
  });
}

function lines(socket: Socket): LineTransport {
  socket.setEncoding("utf8");
  socket.on("error", () => socket.destroy());
  return {
    send(line) {
      if (socket.writable) socket.write(`${line}\n`);
    },
    close: () => socket.destroySoon(),
    onLine(listener) {
      socket.on(
        "data",
        createLineSplitter(listener, () => socket.destroy(), MAX_ANSWER_LENGTH),
      );
    },
    onClose(listener) {
      if (socket.destroyed) queueMicrotask(listener);
      else socket.once("close", listener);
    },
  };
}
