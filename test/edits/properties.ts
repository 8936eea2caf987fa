/** What must hold for any file and any edit. Shared by `npm test` (a few thousand cases) and test/edits/run.ts (many). */
import assert from "node:assert/strict";
import fc from "fast-check";
import { applyEdits, type EditOutcome } from "../../daemon/tools/edits/apply.ts";
import { decode } from "../../daemon/tools/edits/encoding.ts";

export interface Property {
  readonly name: string;
  /** Of all cases, how large a part this property gets. */
  readonly share: number;
  readonly property: fc.IPropertyWithHooks<unknown[]> | fc.IRawProperty<unknown>;
}

const word = fc.constantFrom(
  "alpha",
  "beta",
  "total",
  "item",
  "é",
  "naïve",
  "“x”",
  "a–b",
  "$&",
  "$1",
  "$$",
  "\\n",
  "0",
  "😀",
  "\u2028",
  "e\u0301",
);
const line = fc
  .tuple(
    fc.constantFrom("", "  ", "    ", "\t", "\t\t"),
    fc.array(word, { maxLength: 5 }),
    fc.constantFrom("", ";", " {", "  "),
  )
  .map(([indent, words, end]) => (words.length === 0 ? "" : indent + words.join(" ") + end));
const ending = fc.constantFrom("\n", "\r\n");

/** Files in all styles: a mark or none, one kind of line ending or both, a final one or none. */
const file = fc
  .tuple(
    fc.constantFrom("", "\ufeff"),
    fc.array(line, { minLength: 1, maxLength: 14 }),
    fc.array(ending, { minLength: 1, maxLength: 3 }),
    fc.boolean(),
  )
  .map(([mark, lines, endings, isEnded]) => {
    const ends = lines.map((_, index) => endings[index % endings.length] ?? "\n");
    return mark + lines.map((text, index) => text + (index < lines.length - 1 || isEnded ? ends[index] : "")).join("");
  });
const replacement = fc.array(line, { maxLength: 5 }).map((lines) => lines.join("\n"));
const span = fc.tuple(fc.nat(), fc.nat({ max: 60 }));

/** A part of the text that does not cut a line ending or a character in two. */
function cut(text: string, [at, length]: [number, number]): { from: number; to: number } {
  const whole = (place: number) => {
    const splits = /[\ud800-\udbff]/.test(text[place - 1] ?? "") || (text[place - 1] === "\r" && text[place] === "\n");
    return splits ? place - 1 : place;
  };
  const from = Math.max(text.startsWith("\ufeff") ? 1 : 0, whole(at % (text.length + 1)));
  return { from, to: Math.max(from, whole(Math.min(text.length, from + length))) };
}

const lf = (text: string) => text.replaceAll("\r\n", "\n");

function textOf(outcome: EditOutcome): string | undefined {
  if ("text" in outcome) return outcome.text;
  assert.ok(!("text" in outcome) && outcome.message.length > 0);
  return undefined;
}

function exactly(text: string, edit: [number, number], replace: string) {
  const { from, to } = cut(text, edit);
  return { from, to, search: text.slice(from, to), replace };
}

const exact = fc.property(file, span, replacement, (text, edit, replace) => {
  const { from, to, search } = exactly(text, edit, replace);
  const outcome = applyEdits(text, [{ search, replace }]);
  const result = textOf(outcome);
  if (result === undefined) return;
  assert.equal(outcome.status, "applied");
  assert.ok(result.startsWith(text.slice(0, from)) && result.endsWith(text.slice(to)));
  const middle = result.slice(from, result.length - (text.length - to));
  assert.equal(lf(middle), lf(replace));
});

const style = fc.property(file, span, replacement, (text, edit, replace) => {
  const { search } = exactly(text, edit, replace);
  const result = textOf(applyEdits(text, [{ search: lf(search), replace }]));
  if (result === undefined) return;
  assert.equal(result.startsWith("\ufeff"), text.startsWith("\ufeff"), "mark");
  const kinds = (value: string) => new Set(value.match(/\r?\n/g) ?? []);
  if (kinds(text).size === 1) for (const kind of kinds(result)) assert.ok(kinds(text).has(kind), "line endings");
});

const finalEnding = fc.property(file, fc.nat(), replacement, (text, at, replace) => {
  const lines = lf(text)
    .replace(/^\ufeff/, "")
    .split("\n");
  const search = `${lines[at % lines.length] ?? ""}\n`;
  if (replace === "" || replace.endsWith("\n") || search === "\n") return;
  const result = textOf(applyEdits(text, [{ search, replace: replace === "" ? "" : `${replace}\n` }]));
  if (result === undefined || result === "" || result === "\ufeff") return;
  assert.equal(result.endsWith("\n"), text.endsWith("\n"));
});

const lines = fc
  .array(line, { minLength: 2, maxLength: 8 })
  .map((texts) => texts.map((text, index) => `${text} number ${index} of a long line`));
const twice = fc.property(lines, fc.nat(), replacement, ending, (texts, at, replace, end) => {
  const search = texts[at % texts.length] ?? "";
  if (replace.trim() === "") return;
  const first = applyEdits(texts.join(end), [{ search, replace }]);
  assert.equal(first.status, "applied");
  const result = textOf(first) ?? "";
  const again = applyEdits(result, [{ search, replace }]);
  assert.equal("text" in again, false, "changed twice");
  // The same for an edit that adds to what it searches for.
  const added = applyEdits(texts.join(end), [{ search, replace: `${search}\nan added line` }]);
  const once = textOf(added) ?? "";
  assert.equal(added.status, "applied");
  assert.equal(applyEdits(once, [{ search, replace: `${search}\nan added line` }]).status, "already_applied");
});

const styled = fc.property(
  file,
  fc.nat(),
  fc.nat({ max: 4 }),
  fc.constantFrom<(text: string) => string>(
    lf,
    (text) => lf(text).replaceAll("“", '"').replaceAll("”", '"').replaceAll("–", "-"),
    (text) => lf(text).normalize("NFC"),
    (text) => lf(text).normalize("NFD"),
  ),
  (text, at, count, plain) => {
    const lines = text.split("\n");
    const first = at % lines.length;
    const chosen = lines
      .slice(first, first + count + 1)
      .join("\n")
      .replace(/\r$/, "")
      .replace(/^\ufeff/, "");
    const from =
      lines.slice(0, first).join("\n").length +
      (first > 0 ? 1 : 0) +
      (first === 0 && text.startsWith("\ufeff") ? 1 : 0);
    // Where the plain text stands as it is, it is meant.
    if (chosen.trim() === "" || (plain(chosen) !== chosen && text.includes(plain(chosen)))) return;
    const outcome = applyEdits(text, [{ search: plain(chosen), replace: `${plain(chosen)} CHANGED HERE` }]);
    const result = textOf(outcome);
    if (result === undefined) return;
    assert.equal(outcome.status, "applied");
    // Where search and replacement agree every byte is the file's.
    assert.equal(result, `${text.slice(0, from)}${chosen} CHANGED HERE${text.slice(from + chosen.length)}`);
  },
);

const shiftIndent = fc.constantFrom(" ", "  ", "\t", "    ");
const shifted = fc.property(
  fc.array(line, { minLength: 2, maxLength: 8 }),
  shiftIndent,
  fc.nat(),
  ending,
  (lines, indent, at, end) => {
    const block = lines.map((text, index) => (text === "" ? "" : `${text}${index}`));
    if (block.every((text) => text === "")) return;
    const deep = (text: string) => (text === "" ? "" : indent + text);
    const changed = block.map((text, index) => (index === at % block.length && text !== "" ? `${text} CHANGED` : text));
    const file = (body: readonly string[]) => ["{ begin", ...body, "} end", ""].join(end);
    const search = `${block.join("\n")}\n`;
    const replace = `${changed.join("\n")}\n`;
    const there = applyEdits(file(block.map(deep)), [{ search, replace }]);
    if (search === replace) return;
    if (there.status === "rejected") {
      // Only where the replaced lines would mix tabs and spaces as none of the file's do.
      return;
    }
    assert.equal(there.status, "applied");
    assert.equal(textOf(there), file(changed.map(deep)));
    const back = applyEdits(file(block), [
      { search: `${block.map(deep).join("\n")}\n`, replace: `${changed.map(deep).join("\n")}\n` },
    ]);
    assert.equal(textOf(back), file(changed));
  },
);

const letters = fc.string({
  unit: fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz(){}=;.,"),
  minLength: 12,
  maxLength: 60,
});
const mutated = fc.property(
  fc.array(letters, { minLength: 1, maxLength: 8 }),
  fc.nat(),
  fc.infiniteStream(fc.nat()),
  (lines, at, random) => {
    const next = () => random.next().value;
    const original = `${lines.join("\n")}\n`;
    const index = at % lines.length;
    const wanted = lines[index] ?? "";
    // Other letters than any file has, in 6 to 60 of 100 places.
    const places = new Set<number>();
    const count = Math.max(1, Math.ceil(wanted.length * (0.06 + (next() % 55) / 100)));
    while (places.size < count) places.add(next() % wanted.length);
    const search = [...wanted].map((letter, place) => (places.has(place) ? "XYZ"[next() % 3] : letter)).join("");
    const outcome = applyEdits(original, [{ search, replace: "REPLACED BY SOMETHING ELSE" }]);
    assert.equal(outcome.status, "rejected", search);
  },
);

const approximate = fc.property(
  fc.array(letters, { minLength: 1, maxLength: 8 }),
  fc.nat(),
  fc.nat(),
  (lines, at, where) => {
    const numbered = lines.map((text, index) => `${text}${index}${index}${index}${index}${"qwertz".repeat(4)}`);
    const index = at % lines.length;
    const wanted = numbered[index] ?? "";
    const place = where % wanted.length;
    const search = `${wanted.slice(0, place)}X${wanted.slice(place + 1)}`;
    const original = `${numbered.join("\r\n")}\r\n`;
    const outcome = applyEdits(original, [{ search, replace: "something else" }]);
    if (outcome.status === "ambiguous") return;
    assert.equal(outcome.status, "applied_approx");
    assert.equal(textOf(outcome), original.replace(wanted, "something else"));
  },
);

const several = fc.property(
  file,
  fc.array(fc.tuple(span, replacement), { minLength: 2, maxLength: 4 }),
  (text, edits) => {
    const list = edits.map(([edit, replace]) => ({ search: exactly(text, edit, replace).search, replace }));
    const all = applyEdits(text, list);
    let step = text;
    for (const [index, edit] of list.entries()) {
      const one = applyEdits(step, [edit]);
      const result = textOf(one);
      // One that changes nothing stands in nobody's way, if it is found once.
      if (one.status === "noop" && ("text" in all || all.index !== index)) continue;
      if (result === undefined) {
        assert.ok(!("text" in all) && all.index === index);
        return;
      }
      step = result;
    }
    if (step === text) assert.ok(all.status === "noop");
    else assert.equal(textOf(all), step);
  },
);

const bytes = fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(), (content, at) => {
  const raw = Buffer.from(content.map((byte) => (byte === 0 ? 65 : byte)));
  const mark = Buffer.from("MARK");
  const place = at % (raw.length + 1);
  const whole = Buffer.concat([raw.subarray(0, place), mark, raw.subarray(place)]);
  const { text, encode } = decode(whole);
  const back = encode(text);
  assert.ok(back.ok && back.value.equals(whole));
  const outcome = applyEdits(text, [{ search: "MARK", replace: "mark" }]);
  const result = textOf(outcome);
  if (result === undefined) return;
  const written = encode(result);
  assert.ok(
    written.ok &&
      written.value.equals(Buffer.concat([raw.subarray(0, place), Buffer.from("mark"), raw.subarray(place)])),
  );
});

const any = fc.string({ unit: "binary", maxLength: 30 });
const neverThrows = fc.property(
  any,
  fc.array(fc.record({ search: any, replace: any }), { maxLength: 3 }),
  (text, edits) => {
    const outcome = applyEdits(text, edits);
    if ("text" in outcome) assert.notEqual(outcome.text, text);
  },
);

export const PROPERTIES: readonly Property[] = [
  { name: "an exact match is replaced as it is written, all else keeps every byte", share: 0.2, property: exact },
  { name: "mark and line endings stay", share: 0.15, property: style },
  { name: "the final line ending stays", share: 0.1, property: finalEnding },
  { name: "an edit is never made twice in the same place", share: 0.1, property: twice },
  { name: "where search and replacement agree the file's bytes stay", share: 0.1, property: styled },
  { name: "a shift of the indentation there is a shift back", share: 0.1, property: shifted },
  { name: "a search that differs by 6 % or more is refused", share: 0.05, property: mutated },
  { name: "one letter of a long line is found and told", share: 0.05, property: approximate },
  { name: "several edits are each after the other, all or none", share: 0.05, property: several },
  { name: "any bytes come back", share: 0.05, property: bytes },
  { name: "nothing throws", share: 0.05, property: neverThrows },
];
