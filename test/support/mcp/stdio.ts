/** A child process that speaks MCP over its standard streams, well or badly, as its first argument says. */
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { createTestServer } from "./tools.ts";

const mode = process.argv[2] ?? "good";

switch (mode) {
  case "silent":
    process.stdin.resume();
    break;
  case "crash":
    process.stderr.write("no configuration: token sk-abcdefghijklmnopqrstuvwxyz0123\n");
    process.exit(3);
    break;
  case "nonsense":
    process.stdin.resume();
    for (let line = 0; line < 100; line++) process.stdout.write(`line ${line}\n`);
    break;
  case "huge":
    process.stdin.resume();
    process.stdout.write(`{"jsonrpc":"2.0","method":"x","params":{"a":"${"x".repeat(6_000_000)}`);
    break;
  case "flood":
    process.stdin.resume();
    for (let count = 0; count < 5000; count++) process.stdout.write('{"jsonrpc":"2.0","method":"notifications/x"}\n');
    break;
  default: {
    if (mode === "chatty") process.stdout.write("Welcome to this server!\n");
    const offer = mode === "tricks" || mode === "many" ? mode : "good";
    await createTestServer(offer, () => process.exit(1)).connect(new StdioServerTransport());
  }
}
