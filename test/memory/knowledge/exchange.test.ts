import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Cite, Fact, type NewFact } from "../../../protocol/index.ts";
import { factOf as storedFact } from "../../support/facts.ts";
import { factOf, newFact, openKnowledge, untrusted, WORKSPACE } from "./desk.ts";

const FILES = { "src/cart.ts": "function add() {\n}\n" };

async function exported(
  desk: Awaited<ReturnType<typeof openKnowledge>>,
  format: "markdown" | "jsonl",
): Promise<string> {
  let text = "";
  for (let cursor: string | undefined; ; ) {
    const query = cursor === undefined ? { format, maxCharacters: 700 } : { format, maxCharacters: 700, cursor };
    const page = await desk.knowledge.exportPage(WORKSPACE, query);
    text += page.text;
    if (page.nextCursor === null) return text;
    cursor = page.nextCursor;
  }
}

describe("export and import", () => {
  it("bring every fact over, as a proposal", { timeout: 60_000 }, async () => {
    const cite = fc.constantFrom<Cite>(
      { kind: "commit", ref: "abcd1234" },
      { kind: "symbol", path: "src/cart.ts", symbol: "add", lines: { start: 1, end: 2 }, oid: "ab", hash: "cd" },
      { kind: "url", ref: "https://example.org/x" },
    );
    const fact = fc.record({
      kind: fc.constantFrom<Fact["kind"]>("fact", "decision", "convention", "dead_end", "preference"),
      text: fc.string({ minLength: 1, maxLength: 60, unit: "grapheme" }),
      cites: fc.uniqueArray(cite),
      confidence: fc.constantFrom(0, 0.5, 1),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fact, { maxLength: 8 }), async (facts) => {
        const from = await openKnowledge({ files: FILES });
        // Texts come in through the front door, so that they are such as can be stored.
        for (const { kind, text, confidence } of facts)
          await from.knowledge.remember(
            WORKSPACE,
            newFact({ kind, text, confidence, cites: [{ kind: "file", path: "src/cart.ts" }] }),
            "Ada",
          );
        const text = await exported(from, "jsonl");
        const to = await openKnowledge();
        const report = await to.knowledge.importLines("/elsewhere", text, "facts.jsonl");
        const before = (await from.knowledge.list(WORKSPACE, { limit: 100 })).facts;
        const after = (await to.knowledge.list("/elsewhere", { limit: 100 })).facts;
        expect(report).toEqual({ ok: true, value: { added: before.length, known: 0, problems: [], refused: 0 } });
        const kept = ({ kind, text, cites, confidence }: Fact) => ({ kind, text, cites, confidence });
        expect(after.map(kept)).toEqual(before.map(kept));
        expect(after.every((fact) => fact.status === "proposed" && fact.author.type === "import")).toBe(true);
        expect(await to.knowledge.find("/elsewhere", text)).toEqual([]);
        expect(await to.knowledge.importLines("/elsewhere", text, "again")).toMatchObject({
          value: { added: 0, known: before.length },
        });
      }),
      { numRuns: 15 },
    );
  });

  it("writes lines that fit the schema, and leaves out what is retired", async () => {
    const desk = await openKnowledge({ files: FILES });
    const { factId } = await factOf(desk.knowledge.remember(WORKSPACE, newFact({ text: "gone" }), "Ada"));
    await desk.knowledge.forget(WORKSPACE, factId);
    await desk.knowledge.remember(WORKSPACE, newFact({ scope: "user" }), "Ada");
    const lines = (await exported(desk, "jsonl")).trim().split("\n");
    expect(lines).toHaveLength(1);
    expect(Fact.safeParse(JSON.parse(lines[0] ?? "")).success).toBe(true);
  });

  it("keeps what holds everywhere apart from what holds here", async () => {
    const from = await openKnowledge();
    await from.knowledge.remember(WORKSPACE, newFact({ text: "everywhere", scope: "user" }), "Ada");
    await from.knowledge.remember(WORKSPACE, newFact({ text: "here" }), "Ada");
    const to = await openKnowledge();
    await to.knowledge.importLines("/elsewhere", await exported(from, "jsonl"), "x");
    const { facts } = await to.knowledge.list("/elsewhere", { limit: 9 });
    expect(facts.map((fact) => [fact.text, fact.workspace])).toEqual([
      ["here", "/elsewhere"],
      ["everywhere", null],
    ]);
  });

  const line = (more: object) => JSON.stringify({ ...storedFact(), ...more });
  it.each<[string, string, RegExp]>([
    ["no JSON", "{oops", /object/],
    ["another kind", line({ kind: "order" }), /kind/],
    ["no text", line({ text: "" }), /text/],
    ["too long a text", line({ text: "x".repeat(2001) }), /text/],
    ["a huge line", line({ text: "x".repeat(100_000) }), /object/],
    ["a secret", line({ text: `token ghp_${"a1".repeat(20)}` }), /key or a password/],
    [
      "a secret in an address",
      line({ cites: [{ kind: "url", ref: "https://a:secret12@x.org" }] }),
      /key or a password/,
    ],
    ["a path that leads out", line({ cites: [{ ...CODE, path: "../../etc/passwd" }] }), /no path inside/],
    ["an absolute path", line({ cites: [{ ...CODE, path: "/etc/passwd" }] }), /no path inside/],
    ["a file for every workspace", line({ workspace: null, cites: [CODE] }), /no path inside/],
    ["too many citations", line({ cites: Array(21).fill({ kind: "commit", ref: "abcd" }) }), /cites/],
    ["a prototype", '{"__proto__": {"kind": "fact"}, "text": "x"}', /kind/],
  ])("refuses a line with %s, tells where, and goes on", async (_name, bad, words) => {
    const { knowledge } = await openKnowledge();
    const report = await knowledge.importLines(WORKSPACE, `\n${bad}\n${line({ text: "good" })}\r\n`, "x");
    expect(report).toMatchObject({
      ok: true,
      value: { added: 1, refused: 1, problems: [{ line: 2, problem: expect.stringMatching(words) }] },
    });
  });

  it("makes nothing active, whatever the file says", async () => {
    const { knowledge } = await openKnowledge();
    const claims = { status: "active", factId: "mine", uses: 99, version: 7, author: { type: "person", name: "root" } };
    await knowledge.importLines(WORKSPACE, line(claims), "mail\u202e from a stranger");
    const { facts } = await knowledge.list(WORKSPACE, { limit: 9 });
    expect(facts).toMatchObject([
      { factId: "f1", status: "proposed", uses: 0, version: 1, reason: "Imported from mail from a stranger." },
    ]);
  });

  it("tells only the first 20 problems", async () => {
    const { knowledge } = await openKnowledge();
    const report = await knowledge.importLines(WORKSPACE, "x\n".repeat(50), "x");
    expect(report.ok && [report.value.problems.length, report.value.refused]).toEqual([20, 50]);
  });
});

const CODE: Cite = { kind: "file", path: "src/cart.ts", symbol: null, lines: null, oid: "ab", hash: "cd" };

it("writes Markdown that nothing in a fact can break out of", async () => {
  const desk = await openKnowledge({ files: FILES });
  const cites: NewFact["cites"] = [{ kind: "symbol", path: "src/cart.ts", symbol: "add" }];
  await desk.knowledge.remember(
    WORKSPACE,
    newFact({ kind: "decision", text: "First line\n# Not a heading\n- [x](y) <b>", cites }),
    "Ada",
  );
  await desk.knowledge.propose(WORKSPACE, newFact({ text: "Maybe." }), untrusted);
  expect(await exported(desk, "markdown")).toMatchInlineSnapshot(`
    "- **decision**: First line
      \\# Not a heading
      - \\[x\\](y) \\<b\\>
      src/cart.ts: add · Ada, 2026-01-01
    - **fact** (proposed: Proposed by coder in a run that had read untrusted content.): Maybe.
      coder in run run-1, 2026-01-01
    "
  `);
});
