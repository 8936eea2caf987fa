/**
 * A program of its own, inside the sandbox: lets whoever runs the command in, to one port of the loopback interface there.
 * It keeps some connections to a Unix socket outside; what is written to one, after one byte, goes to the port. It answers
 * with one byte: 1, the port took the connection; 0, it did not. Arguments: socket, port, then the command.
 */
import { spawn } from "node:child_process";
import { connect, type Socket } from "node:net";
import { constants } from "node:os";

const [socketPath = "", port = "", program = "", ...args] = process.argv.slice(2);
const WAITING = 4;
const open = new Set<Socket>();
let isEnding = false;

function wait(): void {
  if (isEnding) return;
  const outer = connect(socketPath);
  open.add(outer);
  outer.on("error", () => undefined);
  outer.once("close", () => open.delete(outer));
  outer.once("data", (first) => {
    outer.pause();
    wait();
    const inner = connect(Number(port), "127.0.0.1");
    open.add(inner);
    inner.once("connect", () => {
      outer.write(Buffer.of(1));
      if (first.length > 1) inner.write(first.subarray(1));
      inner.pipe(outer);
      outer.pipe(inner);
    });
    inner.on("error", () => outer.end(Buffer.of(0)));
    inner.once("close", () => {
      open.delete(inner);
      outer.end();
    });
    outer.once("close", () => inner.destroy());
  });
}

const child = spawn(program, args, { stdio: "inherit" });
child.on("error", (error) => {
  process.stderr.write(`${program}: ${error.message}\n`);
  end(127);
});
child.on("exit", (code, signal) => end(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
for (let count = 0; count < WAITING; count++) wait();

/** Nothing keeps this program alive then, and the sandbox ends with it. */
function end(exitCode: number): void {
  isEnding = true;
  process.exitCode = exitCode;
  for (const socket of open) socket.destroy();
}
