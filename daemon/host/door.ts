/** Connections to a server that a command runs: through the sandbox around it (door-inside.ts), or straight. */
import { connect, createServer, type Socket } from "node:net";

export interface Door {
  /** A new connection to the port; undefined while nothing listens there. Rejects with the signal's reason. */
  connect(signal: AbortSignal): Promise<Socket | undefined>;
  close(): Promise<void>;
}

/** The end outside of a sandbox: a Unix socket on which the program inside waits to be called. */
export async function listenDoor(socketPath: string): Promise<Door> {
  const waiting: Socket[] = [];
  const wanted: ((socket: Socket) => void)[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    const want = wanted.shift();
    if (want !== undefined) want(socket);
    else waiting.push(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socketPath, resolve);
  });
  return {
    async connect(signal) {
      const socket = await next(waiting, wanted, signal);
      return called(socket, signal);
    },
    async close() {
      for (const socket of waiting) socket.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

function next(waiting: Socket[], wanted: ((socket: Socket) => void)[], signal: AbortSignal): Promise<Socket> {
  const first = waiting.shift();
  if (first !== undefined) return Promise.resolve(first);
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    wanted.push((socket) => {
      signal.removeEventListener("abort", abort);
      resolve(socket);
    });
  });
}

/** Asks for the port behind it, and reads whether it took the call. */
function called(socket: Socket, signal: AbortSignal): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      socket.destroy();
      reject(signal.reason);
    };
    const gone = () => {
      signal.removeEventListener("abort", abort);
      resolve(undefined);
    };
    signal.addEventListener("abort", abort, { once: true });
    socket.once("close", gone);
    socket.once("data", (answer) => {
      signal.removeEventListener("abort", abort);
      socket.off("close", gone);
      socket.pause();
      if (answer.length > 1) socket.unshift(answer.subarray(1));
      if (answer[0] === 1) resolve(socket);
      else {
        socket.destroy();
        resolve(undefined);
      }
    });
    socket.write(Buffer.of(0));
  });
}

/** Where commands share this machine's network. */
export function loopbackDoor(port: number): Door {
  return {
    connect: (signal) =>
      new Promise((resolve, reject) => {
        const socket = connect(port, "127.0.0.1");
        const abort = () => {
          socket.destroy();
          reject(signal.reason);
        };
        signal.addEventListener("abort", abort, { once: true });
        socket.on("error", () => {
          signal.removeEventListener("abort", abort);
          resolve(undefined);
        });
        socket.once("connect", () => {
          signal.removeEventListener("abort", abort);
          resolve(socket);
        });
      }),
    close: async () => undefined,
  };
}
