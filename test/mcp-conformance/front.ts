/**
 * Stands between the suite and `nexus mcp --http`: adds the token, which the suite has no option for, and puts our names into
 * requests for the suite's own fixtures. Host and origin go on as they came, but for our own address.
 */
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";

type StandIns = Readonly<
  Record<string, (params: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>>
>;

export interface Front {
  readonly url: string;
  close(): void;
}

export async function startFront(target: URL, token: string, standIns: StandIns): Promise<Front> {
  const server = createServer((request, response) => {
    forward(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };

  async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = replaced(await textOf(request), standIns);
    const { "content-length": _, ...given } = request.headers;
    const headers: Record<string, string | string[] | undefined> = { ...given, authorization: `Bearer ${token}` };
    for (const name of ["host", "origin"])
      if (typeof headers[name] === "string")
        headers[name] = headers[name].replace(new RegExp(`(?:127\\.0\\.0\\.1|localhost):${port}$`), target.host);
    const options = {
      hostname: target.hostname,
      port: target.port,
      path: request.url,
      method: request.method,
      headers,
    };
    const asked = httpRequest(options, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    asked.on("error", () => response.destroy());
    response.on("close", () => asked.destroy());
    asked.end(body);
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  return text;
}

function replaced(text: string, standIns: StandIns): string {
  try {
    const message = JSON.parse(text);
    const { name, uri, ref } = message.params ?? {};
    const standIn = standIns[name ?? uri ?? ref?.name];
    return standIn === undefined ? text : JSON.stringify({ ...message, params: standIn(message.params) });
  } catch {
    return text;
  }
}
