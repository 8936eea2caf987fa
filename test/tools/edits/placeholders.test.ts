import { expect, it } from "vitest";
import { hasLeakedMarkers, placeholderIn } from "../../../daemon/tools/edits/placeholders.ts";

const PLACEHOLDERS = [
  "// ... existing code ...",
  "// … existing code …",
  "//...existing code...",
  "// ... rest of the function ...",
  "// ... rest of code remains the same ...",
  "// ...",
  "# ...",
  "# ... existing code ...",
  "# rest of the function unchanged",
  "# Rest of the code remains the same",
  "# (rest of the file is unchanged)",
  "# the rest of the implementation stays the same",
  "/* ... */",
  "/* … rest of styles … */",
  "/* existing styles */",
  "<!-- ... existing code ... -->",
  "<!-- rest of the markup -->",
  "{/* ... existing code ... */}",
  "{/* rest of component */}",
  "-- ... existing code ...",
  "-- rest of the query unchanged".replace("query", "code"),
  "; ... rest of file ...",
  "% ... existing code ...",
  "* ... existing code ...".replace("* ", "/* "),
  "// existing code here",
  "// Existing implementation",
  "// existing imports",
  "// unchanged",
  "// unchanged code",
  "// ... (unchanged)",
  "// [existing code]",
  "// previous code",
  "// remaining methods unchanged",
  "// other methods remain the same",
  "// other methods remain unchanged",
  "// ... other methods",
  "// ... other code ...",
  "// code omitted for brevity",
  "// implementation omitted",
  "// omitted for brevity",
  "// same as before",
  "// ... same as before",
  "// no changes here",
  "// No changes below",
  "// keep existing code",
  "// keep the rest of the code as is",
  "// The rest of your code here",
  "// rest of methods",
  "// ... snip ...",
  "// everything else stays the same",
  "...",
  "…",
  "[...]",
  "(rest of the code unchanged)",
  "[rest of the file]",
  "// Code above remains the same",
  "... existing code ...",
  "[... rest of the file ...]",
  "(... unchanged ...)",
  "...rest of code...",
  "  return x; // ... existing code ...",
  "foo(); // ... rest of function",
  '"""... existing code ..."""',
];

it.each(PLACEHOLDERS)("refuses %s", (line) => {
  expect(placeholderIn(`before\n    ${line}\nafter\n`, "nothing like it\n")).toBeDefined();
});

it.each(PLACEHOLDERS)("leaves %s where the file holds it", (line) => {
  expect(placeholderIn(`before\n    ${line}\n`, `x\r\n\t${line}\r\ny\n`)).toBeUndefined();
});

it.each([
  "// Loading...",
  "// Wait for the rest of the parameters before calling.",
  "// the rest of the arguments are passed on to the handler",
  "// same as the one in parser.ts, but for lists",
  "# Keep this in sync with the server",
  "// existing users keep their settings",
  "const { a, ...rest } = options;",
  "call(...args); // spread",
  "return [...existing, ...other];",
  "...existingOptions,",
  "...rest,",
  "def f(self): ...",
  "def f(self):\n    ...",
  'class A(Protocol):\n    """What it is."""\n\n    ...',
  "def f(self):  # not yet\n    ...",
  "value = ...",
  "(cons (first items)\n(rest items))\n(old values)",
  'print("... existing code ...")',
  "console.log('Rest of the code');",
  "# Other methods",
  "## Existing code",
  "#include <rest.h>",
  "#!/bin/sh",
  "-- name: original",
  "// TODO: remove the existing implementation when the flag is gone",
  "// the previous value is kept for the undo list",
  "/* The remaining time in seconds. */",
  "// unchanged since 1.2, see the log",
  "* remaining items are handled later",
  "The rest of the file is prose.",
  "type Rest<T> = T extends [unknown, ...infer R] ? R : never;",
  "for (const x of [1, 2, ..., 9])",
  "function f(int a, ...)",
  "// ...and they lived happily ever after, in a very long sentence that tells what happens to the code",
])("takes %s", (line) => {
  expect(placeholderIn(`before\n${line}\n`, "")).toBeUndefined();
});

it("takes an ellipsis that is all of the replacement: Python's empty body", () => {
  expect(placeholderIn("    ...\n", "    pass\n")).toBeUndefined();
});

it("knows the markers of a conflict, unless the file has one", () => {
  const conflict = "<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs";
  expect(hasLeakedMarkers(conflict, "a\n")).toBe(true);
  expect(hasLeakedMarkers(conflict, conflict)).toBe(false);
  expect(hasLeakedMarkers("a << b <<<<<<< c\n", "")).toBe(false);
  expect(hasLeakedMarkers("=======\n", "")).toBe(false);
});
