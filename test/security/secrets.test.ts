import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRedactor, hidesSecret, REDACTED } from "../../daemon/security/secrets.ts";

const { redact } = createRedactor();
const letters = (count: number) => "aB3dE5gH7jK9".repeat(20).slice(0, count);
const keyBlock = (kind: string) => `-----BEGIN ${kind}-----\n${`${letters(64)}\n`.repeat(5)}-----END ${kind}-----`;

describe("shapes of secrets", () => {
  const secrets = [
    `sk-${letters(40)}`,
    `sk-ant-api03-${letters(60)}`,
    `sk-proj-${letters(40)}_x-y`,
    `ghp_${letters(36)}`,
    `github_pat_${letters(60)}`,
    `glpat-${letters(20)}`,
    `AKIA${"ABCD1234EFGH5678"}`,
    `AIza${letters(35)}`,
    `xoxb-1234567890-${letters(20)}`,
    `npm_${letters(36)}`,
    `eyJ${letters(30)}.${letters(40)}.${letters(43)}`,
    keyBlock("RSA PRIVATE KEY"),
    keyBlock("OPENSSH PRIVATE KEY"),
  ];
  it.each(secrets)("%s", (secret) => {
    expect(redact(`key="${secret}" and more`)).toBe(`key="${REDACTED}" and more`);
    expect(hidesSecret(`x ${secret}`)).toBe(true);
  });

  it("keeps the rest of an address with a password", () => {
    expect(redact("postgres://user:hunter2hunter2@db:5432/x")).toBe(`postgres://user:${REDACTED}@db:5432/x`);
    expect(redact("redis://:hunter2@cache")).toBe(`redis://:${REDACTED}@cache`);
  });

  it("hides a key that is cut off, and one with numbered lines", () => {
    expect(redact(keyBlock("PRIVATE KEY").slice(0, 200))).toBe(REDACTED);
    const numbered = keyBlock("PRIVATE KEY")
      .split("\n")
      .map((line, index) => `${index + 1}\t${line}`)
      .join("\n");
    expect(redact(numbered)).not.toContain(letters(64));
  });

  const harmless = [
    "task-runner sk-short risk-assessment-of-the-whole-project",
    "https://example.test:8080/path@2x.png",
    "git@github.com:owner/name.git",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a program's text
    "const url = `https://${user}:${password}@host`;",
    'if (text.includes("-----BEGIN PRIVATE KEY-----")) return parse(text);',
    "ssh://git@host/x and http://localhost:3000/@scope/name",
    "e".repeat(100),
    "eyJust.a.word",
  ];
  it.each(harmless)("leaves %j", (text) => expect(redact(text)).toBe(text));
});

describe("known secrets", () => {
  const secret = "pa$$w0rd/with+odd?chars&“ü";
  const redactor = createRedactor();
  redactor.add(secret);
  redactor.add("short");

  it.each([
    ["plain", secret],
    ["base64", Buffer.from(secret).toString("base64")],
    ["base64url", Buffer.from(secret).toString("base64url")],
    ["hexadecimal", Buffer.from(secret).toString("hex")],
    ["HEXADECIMAL", Buffer.from(secret).toString("hex").toUpperCase()],
    ["URL", encodeURIComponent(secret)],
    ["JSON", JSON.stringify(secret).slice(1, -1)],
  ])("%s", (_form, text) => expect(redactor.redact(`<${text}>`)).toBe(`<${REDACTED}>`));

  it("are found inside longer base64, wherever they begin", () => {
    for (const before of ["", "a", "ab", "abc"]) {
      const text = Buffer.from(`${before}${secret}tail`).toString("base64");
      const cleaned = redactor.redact(text);
      expect(cleaned).toContain(REDACTED);
      expect(Buffer.from(cleaned.replace(REDACTED, ""), "base64").toString("latin1")).not.toContain("w0rd");
    }
  });

  it("that are short are left alone, because they would hide half of all words", () => {
    expect(redactor.redact("a short word")).toBe("a short word");
  });

  it("never remain, and texts without them stay as they are", () => {
    const word = fc.string({ minLength: 8, maxLength: 40, unit: "grapheme" });
    fc.assert(
      fc.property(word, fc.string(), fc.string(), (value, before, after) => {
        const own = createRedactor();
        own.add(value);
        expect(own.redact(before + value + after).includes(value)).toBe(REDACTED.includes(value));
      }),
    );
  });
});

it("takes no time that grows faster than the text", () => {
  const redactor = createRedactor();
  for (let index = 0; index < 20; index++) redactor.add(`secret-number-${index}-${letters(20)}`);
  const hostile = [
    "://a:".repeat(40_000),
    "sk-".repeat(60_000),
    "-----BEGIN PRIVATE KEY-----".repeat(8000),
    "eyJ".repeat(60_000),
  ];
  const started = performance.now();
  for (const text of [...hostile, "const x = 1;\n".repeat(100_000)]) redactor.redact(text);
  expect(performance.now() - started).toBeLessThan(2500);
});
