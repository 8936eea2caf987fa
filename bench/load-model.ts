/** A scripted model for the load: reads one part after another, then answers. `node bench/load-model.ts STEPS` prints its address. */
import { createServer } from "node:http";

const steps = Number(process.argv[2]);
const LATENCY_MS = 20;

const server = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (text) => {
    body += text;
  });
  request.on("end", () => setTimeout(() => answer(JSON.parse(body).messages ?? [], response), LATENCY_MS));
});

function answer(messages: readonly { role: string }[], response: import("node:http").ServerResponse): void {
  const turn = messages.filter(({ role }) => role === "assistant").length;
  const call = {
    index: 0,
    id: `call_${turn}`,
    type: "function",
    function: { name: "read_file", arguments: JSON.stringify({ path: `${turn}.txt` }) },
  };
  const delta = turn < steps - 1 ? { tool_calls: [call] } : { content: "Each tells its own number." };
  const chunk = (choice: object, usage?: object) =>
    `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "scripted", choices: [choice], usage })}\n\n`;
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(chunk({ index: 0, delta: { role: "assistant", ...delta }, finish_reason: null }));
  response.write(chunk({ index: 0, delta: {}, finish_reason: turn < steps - 1 ? "tool_calls" : "stop" }));
  const usage = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 };
  response.write(
    `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "scripted", choices: [], usage })}\n\n`,
  );
  response.end("data: [DONE]\n\n");
}

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}/v1` })}\n`);
});
