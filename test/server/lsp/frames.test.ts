import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createFrameReader } from "../../../daemon/server/lsp/frames.ts";

const LIMITS = { maxHeaderBytes: 200, maxBodyBytes: 1000 };

/** All texts and problems of a stream that comes in pieces of that size. */
function read(stream: string | Buffer, size = 1 << 20, limits = LIMITS) {
  const texts: string[] = [];
  const problems: string[] = [];
  const push = createFrameReader(
    {
      onText(text) {
        texts.push(text);
        return isJson(text);
      },
      onProblem: (code, message) => problems.push(`${code} ${message}`),
    },
    limits,
  );
  const bytes = Buffer.from(stream);
  for (let at = 0; at < bytes.length; at += size) push(bytes.subarray(at, at + size));
  return { texts: texts.filter(isJson), problems, broken: texts.filter((text) => !isJson(text)).length };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const frame = (value: unknown, head = "") => {
  const text = JSON.stringify(value);
  return `${head}Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
};

describe("frames", () => {
  const good = frame({ a: "🛒\u2028\u2029" }) + frame([1], "Content-Type: x; charset=utf-8\r\n") + frame("");

  it.each([1, 2, 3, 7, 1000])("are read from pieces of %i bytes", (size) => {
    expect(read(good, size)).toEqual({ texts: ['{"a":"🛒\u2028\u2029"}', "[1]", '""'], problems: [], broken: 0 });
  });

  it("may have bare line feeds, blank lines before, and any case", () => {
    expect(read("\r\n\ncontent-LENGTH:2\n\n{}\n\nContent-Length: 2\r\n\r\n{}").texts).toEqual(["{}", "{}"]);
  });

  it.each([
    ["no length", "Content-Type: x\r\n\r\n{}", /lacks/],
    ["a length that is no number", "Content-Length: twelve\r\n\r\n{}", /must be a number/],
    ["a negative length", "Content-Length: -5\r\n\r\n{}", /must be a number/],
    ["two lengths", "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", /several/],
    ["text that is no header", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", /lacks/],
    ["a header without end", `X: ${"y".repeat(500)}`, /no end/],
    ["another character set", "Content-Type: x; charset=utf-16\r\nContent-Length: 2\r\n\r\n{}", /not UTF-8/],
  ])("with %s are told once, and the next one is read", (_, bad, why) => {
    for (const size of [1, 1000]) {
      const { texts, problems } = read(bad + frame({ next: 1 }), size);
      expect(texts.at(-1)).toBe('{"next":1}');
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatch(why);
    }
  });

  it("that are longer than they say do not take the next one along", () => {
    const { texts, broken } = read(`Content-Length: 4\r\n\r\n{"a":1}${frame({ next: 1 })}`, 5);
    expect(texts).toEqual(['{"next":1}']);
    expect(broken).toBe(1);
  });

  it.each([1, 9, 20, 23, 24, 30])("that are %i bytes shorter than they say give back what they took", (excess) => {
    const stream = `Content-Length: ${7 + excess}\r\n\r\n{"a":1}${frame({ next: 1 })}`;
    for (const size of [1, 11, 1000]) expect(read(stream, size).texts).toEqual(['{"next":1}']);
  });

  it("that are too long are passed over without being kept", () => {
    const { texts, problems } = read(frame("x".repeat(2000)) + frame({ next: 1 }), 64);
    expect(texts).toEqual(['{"next":1}']);
    expect(problems).toEqual([expect.stringMatching(/^-32600 A message may have 1000 bytes/)]);
    const absurd = `Content-Length: 999999999999999\r\n\r\n{}${frame({ next: 1 })}`;
    expect(read(absurd).texts).toEqual(['{"next":1}']);
  });

  it("that are empty are no message", () => {
    expect(read(`Content-Length: 0\r\n\r\n${frame(1)}`)).toMatchObject({ texts: ["1"], broken: 1 });
  });

  it("come back in step after any bytes, in time", () => {
    const junk = fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
      fc.constantFrom("Content-Length: 30\r\n\r\n", "Content-Length:", "\r\n\r\n", "{", frame(1).slice(0, -1)),
    );
    const property = fc.property(fc.array(junk, { maxLength: 8 }), fc.integer({ min: 1, max: 50 }), (parts, size) => {
      // What bad lengths may still take is paid for by blanks.
      const stream = Buffer.concat([Buffer.from(parts.join(""), "latin1"), Buffer.from(`${" ".repeat(1200)}\n\n`)]);
      const { texts } = read(Buffer.concat([stream, Buffer.from(frame("end"))]), size);
      expect(texts.at(-1)).toBe('"end"');
    });
    fc.assert(property, { numRuns: 2000 });
  });
});
