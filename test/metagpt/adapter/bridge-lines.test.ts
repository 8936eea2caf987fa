/** Lines of the bridge, whole or in pieces, between whatever a program prints. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { type BridgeMessage, readLines } from "../../../daemon/metagpt/adapter/bridge-lines.ts";

function read(chunks: readonly Buffer[]) {
  const messages: BridgeMessage[] = [];
  const texts: string[] = [];
  const reader = readLines(
    (message) => messages.push(message),
    (text) => texts.push(text),
  );
  for (const chunk of chunks) reader.add(chunk);
  reader.end();
  return { messages, text: texts.join("") };
}

const message = fc.oneof(
  fc.record({ type: fc.constant("done" as const) }),
  fc.record({ type: fc.constant("stream" as const), text: fc.string({ unit: "grapheme" }) }),
  fc.record({ type: fc.constant("ask" as const), id: fc.string(), text: fc.string() }),
);

it("come whole however they are cut, with what is printed between them", () => {
  fc.assert(
    fc.property(fc.array(message), fc.array(fc.nat(400)), (sent, cuts) => {
      const lines = sent.flatMap((one) => [`${JSON.stringify(one)}\n`, "printed\n"]);
      const bytes = Buffer.from(lines.join(""));
      const places = [
        0,
        ...cuts.map((cut) => cut % (bytes.length + 1)).sort((one, other) => one - other),
        bytes.length,
      ];
      const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
      const found = read(chunks);
      expect(found.messages).toEqual(sent);
      expect(found.text).toBe("printed\n".repeat(sent.length));
    }),
  );
});

it("are never believed when they are none", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.json(),
        fc.string(),
        fc.jsonValue().map((value) => JSON.stringify({ type: value })),
      ),
      (line) => {
        const { messages } = read([Buffer.from(`${line}\n`)]);
        expect(messages.every(({ type }) => type === "done" || type === "started")).toBe(true);
      },
    ),
  );
});

it("do not fill the memory without an end", () => {
  const { messages, text } = read([Buffer.from(`{"type":"done"`), Buffer.from("x".repeat(300_000)), Buffer.from("\n")]);
  expect(messages).toEqual([]);
  expect(text.length).toBe(300_015);
});
