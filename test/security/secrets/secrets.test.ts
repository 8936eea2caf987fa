import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRedactor, environmentSecrets, hidesSecret, REDACTED } from "../../../daemon/security/secrets/secrets.ts";

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
  // A tenth of this when nothing else runs; minutes where time grew with the square.
  expect(performance.now() - started).toBeLessThan(20_000);
});

describe("more shapes and spellings", () => {
  const issued = [
    `sk_live_${letters(24)}`,
    `rk_test_${letters(24)}`,
    `whsec_${letters(32)}`,
    `xapp-1-A012-345-${letters(40)}`,
    `hooks.slack.com/services/T0123/B0123/${letters(24)}`,
    `ya29.${letters(60)}`,
    `GOCSPX-${letters(28)}`,
    `abc8Q~${letters(34)}`,
    `hf_${letters(34)}`,
    `pypi-AgEIcHlwaS5vcmc${letters(60)}`,
    `dckr_pat_${letters(27)}`,
    `AGE-SECRET-KEY-1${"QPZRY9X8GF".repeat(6)}`,
    `SG.${letters(22)}.${letters(43)}`,
    `glrt-${letters(24)}`,
    `hvs.${letters(90)}`,
    `gsk_${letters(52)}`,
  ];
  it.each(issued)("%s", (secret) => expect(redact(`"${secret}"`)).toBe(`"${REDACTED}"`));

  it("hides what a header, a netrc file and a connection string carry", () => {
    expect(redact("curl -H 'Authorization: Bearer abcdefgh.12345'")).toBe(
      `curl -H 'Authorization: Bearer ${REDACTED}'`,
    );
    expect(redact('{"authorization": "Basic dXNlcjpwYXNz"}')).toBe(`{"authorization": "Basic ${REDACTED}"}`);
    expect(redact("machine x.test login me password hunter2")).toBe(`machine x.test login me password ${REDACTED}`);
    expect(redact(`AccountKey=${letters(86)}==;x`)).toBe(`AccountKey=${REDACTED};x`);
  });

  it("finds a known secret in each encoding, over line ends and encoded twice", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 12, maxLength: 60 }),
        fc.string({ maxLength: 100 }),
        fc.string({ maxLength: 100 }),
        (secret, before, after) => {
          const redactor = createRedactor();
          redactor.add(secret);
          const base64 = Buffer.from(`${before}${secret}${after}`).toString("base64");
          const wrapped = base64.replace(/.{76}/g, "$&\n");
          const core = Buffer.from(secret).toString("base64").slice(4, -4);
          for (const text of [secret, Buffer.from(secret).toString("hex"), encodeURIComponent(secret)])
            expect(redactor.redact(`${before}${text}${after}`)).not.toContain(text);
          expect(redactor.redact(wrapped)).not.toBe(wrapped);
          const twice = redactor.redact(Buffer.from(Buffer.from(secret).toString("base64")).toString("base64"));
          expect(Buffer.from(twice, "base64").toString("latin1")).not.toContain(core);
        },
      ),
      { numRuns: 100 },
    );
  });

  it("learns the values of a file of secrets, and not its words", () => {
    const redactor = createRedactor();
    redactor.learn(
      "# a comment with Words123456789x\nDB_HOST=localhost\nPORT=5432\nDB_PASSWORD='Tr0ub4dor&3xyz'\ntoken: q1w2e3r4t5y6u7\n",
    );
    expect(redactor.redact("Tr0ub4dor&3xyz q1w2e3r4t5y6u7")).toBe(`${REDACTED} ${REDACTED}`);
    const kept = "DB_HOST=localhost PORT=5432 DB_PASSWORD Words123456789x";
    expect(redactor.redact(kept)).toBe(kept);
  });

  it("takes what an environment calls secret", () => {
    const env = { GITHUB_TOKEN: "abc", MY_API_KEY: "def", PATH: "/bin", SSH_KEY_FILE: "/home/u/.ssh/id", MONKEY: "x" };
    expect(environmentSecrets(env)).toEqual(["abc", "def"]);
  });

  it("looks for many secrets in a long text in little time", () => {
    const redactor = createRedactor();
    for (let index = 0; index < 1000; index++) redactor.add(`secret-number-${index}-${letters(10)}`);
    const text = `${"The quick brown fox; ".repeat(50_000)}secret-number-7-${letters(10)}`;
    const started = performance.now();
    expect(redactor.redact(text).endsWith(REDACTED)).toBe(true);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
