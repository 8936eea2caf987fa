/** What a command prints may colour a terminal of the editor and not steer it. */
import { expect, it } from "vitest";
import { plainOutput } from "../../../extension/editor/plain-output.ts";

const ESC = "\x1b";

it.each([
  ["lines", "a\nb\r\nc", "a\r\nb\r\nc"],
  ["colours", `${ESC}[1;31mred${ESC}[0m`, `${ESC}[1;31mred${ESC}[0m`],
  ["a title", `${ESC}]0;title\x07text`, "text"],
  ["a link", `${ESC}]8;;https://a.example${ESC}\\click${ESC}]8;;${ESC}\\`, "click"],
  ["the clipboard", `${ESC}]52;c;cm0gLXJm\x07ok`, "ok"],
  ["a cleared screen", `${ESC}[2J${ESC}[Hfake prompt`, "fake prompt"],
  ["questions to the terminal", `a${ESC}[6n${ESC}[cb`, "ab"],
  ["a mode that looks like a colour", `${ESC}[>4;2mtext`, "text"],
  ["a device string", `${ESC}Pq#0;2${ESC}\\text`, "text"],
  ["a reset", `${ESC}ctext`, "text"],
  ["a character set", `${ESC}(0text`, "text"],
  ["eight-bit controls", "a\x9b2Jb\x85c", "a2Jbc"],
  ["bells and nulls", "a\x07\x00b", "ab"],
  ["an escape at the end", `a${ESC}`, "a"],
  ["progress on one line", "10 %\r20 %", "10 %\r20 %"],
])("%s", (_, printed, shown) => expect(plainOutput(printed)).toBe(shown));
