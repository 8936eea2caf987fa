/**
 * A program of its own, inside the sandbox: a port of the loopback interface there that leads to the proxy's Unix socket,
 * and the command behind it. Arguments: socket, port, then the command. It ends as the command ends.
 */
import { spawn } from "node:child_process";
import { connect, createServer, type Socket } from "node:net";
import { constants } from "node:os";

const [socketPath = "", port = "", program = "", ...args] = process.argv.slice(2);

const open = new Set<Socket>();

const server = createServer((inner) => {
  const outer = connect(socketPath);
  for (const [one, other] of [[inner, outer] as const, [outer, inner] as const]) {
    open.add(one);
    one.pipe(other);
    one.on("error", () => other.destroy());
    one.on("close", () => {
      open.delete(one);
      other.destroy();
    });
  }
});

server.listen(Number(port), "127.0.0.1", () => {
  const child = spawn(program, args, { stdio: "inherit" });
  child.on("error", (error) => {
    process.stderr.write(`${program}: ${error.message}\n`);
    end(127);
  });
  child.on("exit", (code, signal) => end(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
});

/** Nothing keeps this program alive then, and the sandbox ends with it. */
function end(exitCode: number): void {
  process.exitCode = exitCode;
  server.close();
  for (const socket of open) socket.destroy();
}
