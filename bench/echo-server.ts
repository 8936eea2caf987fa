/** The yardstick: a bare vscode-jsonrpc server that sends back what it gets. Its argument is the socket's address. */
import { createServer } from "node:net";
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from "vscode-jsonrpc/node";

const server = createServer((socket) => {
  const connection = createMessageConnection(new StreamMessageReader(socket), new StreamMessageWriter(socket));
  connection.onRequest("echo", (params: unknown) => params);
  connection.listen();
});
server.listen(process.argv[2], () => process.stdout.write("listening\n"));
