/** What people see of what others wrote: nothing hides in it, in any face. */
import { expect, it } from "vitest";
import { printable as inTerminals } from "../../../daemon/cli/format.ts";
import { readable, revealed } from "../../../daemon/tools/gate/result.ts";

it.each([
  ["an override of direction", "a\u202eb", "a⟨U+202E⟩b"],
  ["an isolate", "a\u2066b", "a⟨U+2066⟩b"],
  ["a mark of direction", "a\u200fb\u061c", "a⟨U+200F⟩b⟨U+061C⟩"],
  ["a space without width", "rm\u200b -rf", "rm⟨U+200B⟩ -rf"],
  ["a joiner between letters that join nothing", "a\u200db\u200cc", "a⟨U+200D⟩b⟨U+200C⟩c"],
  ["a selector after a letter", "a\ufe0fb", "a⟨U+FE0F⟩b"],
  ["a letter that is a tag", "a\u{e0041}", "a⟨U+E0041⟩"],
  ["a byte order mark", "\ufeffa", "⟨U+FEFF⟩a"],
  ["a line end of Unicode", "a\u2028b", "a⟨U+2028⟩b"],
  ["half a character", "a\ud800b", "a⟨U+D800⟩b"],
  ["a control character", "a\u001b[2J", "a␛[2J"],
])("%s is made visible wherever people read or answer", (_what, text, seen) => {
  expect([readable(text), inTerminals(text), revealed(text)]).toEqual([seen, seen, seen]);
});

it.each(["👩\u200d💻 ❤\ufe0f 1\ufe0f⃣ 👍🏽", "می\u200cخواهم", "क्\u200dष", "10\u00a0000\n\tok"])(
  "what emoji, scripts and figures need stays where people only read: %s",
  (text) => expect(readable(text)).toBe(text),
);

it("no space that is another one stays in what a person answers for", () => {
  expect(revealed("a\u00a0b\u3000c")).toBe("a⟨U+00A0⟩b⟨U+3000⟩c");
});
