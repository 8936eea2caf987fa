/** Pictures of a prompt: the model sees them with the words, in each request, and the log keeps them. */
import { afterEach, expect, it } from "vitest";
import { type Engine, startEngine } from "../support/engine.ts";

let engine: Engine;
afterEach(async () => {
  expect(engine.logged).toEqual([]);
  await engine.close();
});

const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const SHAPES = {
  openai: { type: "image_url", image_url: { url: `data:image/png;base64,${PIXEL}` } },
  anthropic: { type: "image", source: { type: "base64", media_type: "image/png", data: PIXEL } },
} as const;

it.each(["openai", "anthropic"] as const)(
  "reach the model with the prompt (%s), once in each request",
  async (provider) => {
    engine = await startEngine({
      provider,
      files: { "a.txt": "a\n" },
      script: [
        { when: { turn: 0 }, reply: { toolCalls: [{ tool: "read_file", arguments: { path: "a.txt" } }] } },
        { when: { turn: 1 }, reply: { text: "A red pixel." } },
      ],
    });
    const images = [{ mimeType: "image/png" as const, data: PIXEL }];
    const runId = await engine.start("Fix what this picture shows", { images });
    const { images: kept } = await engine.ended(runId);
    expect(kept).toMatchObject([{ mimeType: "image/png", artifact: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    expect(engine.server.requests).toHaveLength(2);
    for (const { body } of engine.server.requests) {
      const messages = body["messages"] as { role: string; content: unknown }[];
      const first = messages.find(({ role }) => role === "user");
      expect(first?.content).toContainEqual(SHAPES[provider]);
      expect(JSON.stringify(messages).split(PIXEL)).toHaveLength(2);
    }
  },
);
