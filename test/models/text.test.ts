import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { acceptableHistory } from "../../daemon/models/history.ts";
import { objectsIn, parseObject } from "../../daemon/models/json-text.ts";
import type { Message } from "../../daemon/models/model.ts";
import { createEventSplitter } from "../../daemon/models/sse.ts";

function split(chunks: readonly Uint8Array[]): string[] {
  const splitter = createEventSplitter(10_000);
  return chunks.flatMap((chunk) => splitter.push(chunk));
}

describe("createEventSplitter", () => {
  const bytes = new TextEncoder().encode(
    ': comment\n\ndata: {"a":"ü\u2028"}\n\nevent: x\r\ndata: one\r\ndata:two\r\n\r\ndata: {"b":"🚀"}\r\rdata: cut off\n',
  );
  const events = ['{"a":"ü\u2028"}', "one\ntwo", '{"b":"🚀"}'];

  it("gives the same events however the bytes are split", () => {
    expect(split([bytes])).toEqual(events);
    expect(split(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(events);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length)), (places) => {
        const cuts = [0, ...places.toSorted((left, right) => left - right), bytes.length];
        expect(split(cuts.slice(1).map((end, index) => bytes.subarray(cuts[index], end)))).toEqual(events);
      }),
    );
  });

  it("never gives an event before its empty line", () => {
    for (let end = 0; end <= bytes.length; end++) {
      const found = split([bytes.subarray(0, end)]);
      expect(found).toEqual(events.slice(0, found.length));
    }
  });

  it("refuses an event without end", () => {
    const splitter = createEventSplitter(100);
    expect(() => splitter.push(new TextEncoder().encode(`data: ${"x".repeat(200)}`))).toThrow(RangeError);
  });
});

describe("objects in text", () => {
  it("finds an object in any words around it", () => {
    const words = fc.string().filter((text) => !/[{}"`\\]/.test(text));
    fc.assert(
      fc.property(words, fc.dictionary(fc.string(), fc.jsonValue()), words, (before, value, after) => {
        expect(JSON.stringify(objectsIn(before + JSON.stringify(value) + after))).toContain(JSON.stringify(value));
      }),
    );
  });

  it("never throws and never takes long", () => {
    fc.assert(fc.property(fc.string(), (text) => Array.isArray(objectsIn(text))));
    expect(objectsIn("{".repeat(200_000))).toEqual([]);
    expect(objectsIn('"{'.repeat(200_000))).toEqual([]);
  });

  it.each([
    ["[1]", undefined],
    ["null", undefined],
    ["", undefined],
    ['"\\"{}\\""', {}],
    ['{"a":1}', { a: 1 }],
  ])("reads the arguments %s as %j", (text, value) => expect(parseObject(text)).toEqual(value));
});

describe("acceptableHistory", () => {
  const text = fc.string({ unit: "binary", maxLength: 8 });
  const id = fc.constantFrom("a", "b", "ä b", "");
  const call = fc.record({ callId: id, tool: text, argumentsText: fc.oneof(text, fc.constant('{"x":1}')) });
  const message: fc.Arbitrary<Message> = fc.oneof(
    fc.record({ role: fc.constant("user" as const), text }),
    fc.record({ role: fc.constant("assistant" as const), text, toolCalls: fc.array(call, { maxLength: 3 }) }),
    fc.record({ role: fc.constant("tool" as const), callId: id, tool: text, text, isError: fc.boolean() }),
  );

  it("is what the providers accept, for any conversation", () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 12 }), (messages) => {
        const history = acceptableHistory(messages);
        expect(history[0]?.role).toBe("user");
        const ids = history.flatMap((entry) => (entry.role === "assistant" ? entry.calls.map((one) => one.id) : []));
        expect(new Set(ids).size).toBe(ids.length);
        for (const [index, entry] of history.entries()) {
          expect(entry.text.isWellFormed()).toBe(true);
          if (entry.role !== "assistant") expect(entry.text.trim() === "" && entry.role === "user").toBe(false);
          if (entry.role === "user") expect(history[index + 1]?.role).not.toBe("user");
          if (entry.role !== "assistant") continue;
          expect(entry.text.trim() !== "" || entry.calls.length > 0).toBe(true);
          for (const { id: callId, tool } of entry.calls) expect(callId + tool).toMatch(/^[\w-]+$/);
          const results = history.slice(index + 1, index + 1 + entry.calls.length);
          expect(new Set(results.map((result) => (result.role === "tool" ? result.id : "none")))).toEqual(
            new Set(entry.calls.map((one) => one.id)),
          );
        }
      }),
    );
  });
});
