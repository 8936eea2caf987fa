/** The same server over HTTP on a free port of this machine. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { createTestServer, type Offer } from "./tools.ts";

export interface HttpTestServer {
  readonly url: string;
  readonly requests: { readonly method: string | undefined; readonly authorization: string | undefined }[];
  close(): Promise<void>;
}

export async function startHttpServer(offer: Offer, answer?: "redirect" | "html" | "endless"): Promise<HttpTestServer> {
  const requests: HttpTestServer["requests"] = [];
  const server = createServer(async (request, response) => {
    requests.push({ method: request.method, authorization: request.headers.authorization });
    if (answer === "redirect") return response.writeHead(302, { location: "http://127.0.0.1:1/" }).end();
    if (answer === "html") return response.writeHead(200, { "content-type": "text/html" }).end("<p>Sign in</p>");
    if (answer === "endless") {
      response.writeHead(200, { "content-type": "application/json" });
      const chunk = Buffer.alloc(256 * 1024, 32);
      const more = () => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on("drain", more);
      return more();
    }
    const transport = new StreamableHTTPServerTransport({});
    const own = createTestServer(offer, () => response.destroy());
    response.on("close", () => void own.close());
    await own.connect(transport);
    await transport.handleRequest(request, response, request.method === "POST" ? await bodyOf(request) : undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString("utf8"));
}
