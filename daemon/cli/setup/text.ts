/** What `nexus setup` tells people. */
import { type Paint, printable } from "../format.ts";
import type { LookedAtEditor, LookedAtPart, PartState } from "./look.ts";

const STATES: Readonly<Record<PartState, string>> = {
  set: "set",
  missing: "not set",
  different: "set to something else",
  unreadable: "cannot be changed",
  incomplete: "needs --repo DIR",
  manual: "by hand",
};

export function listText(editors: readonly (readonly [name: string, looked: LookedAtEditor])[], paint: Paint): string {
  const rows = editors.map(([name, { editor, found, parts }]) => {
    const states = parts
      .map(({ protocol, of, state }) => `${protocol}${of === undefined ? "" : ` of ${of}`} ${STATES[state]}`)
      .join(", ");
    const where = found === undefined ? paint("dim", "not found here") : printable(found);
    return `${paint("bold", name.padEnd(10))} ${editor.title.padEnd(10)} ${states}\n${" ".repeat(22)}${where}\n`;
  });
  return `${rows.join("")}\n${paint("dim", "nexus setup EDITOR prints the configuration; with --write it is written after you say yes.")}\n`;
}

export function editorText({ editor, found, parts }: LookedAtEditor, paint: Paint): string {
  const head = `${paint("bold", editor.title)}  ${found === undefined ? "not found on this machine" : printable(found)}\n`;
  const without = editor.without.map((line) => paint("dim", `${line}\n`)).join("");
  return `${head}${parts.map((part) => partText(part, paint)).join("")}${without === "" ? "" : `\n${without}`}`;
}

function partText({ protocol, gives, file, state, why, snippet, steps, page }: LookedAtPart, paint: Paint): string {
  const head = `\n${paint("bold", `${protocol}: ${gives}`)}  [${STATES[state]}]\n`;
  const place = file === undefined ? "" : `${printable(file.path)}\n`;
  const problem = why === undefined ? "" : `${paint("red", why)}\n`;
  const next = [...steps, `About it: ${page}`].map((line) => `  ${line}\n`).join("");
  return `${head}${place}${problem}\n${printable(snippet)}\n\n${next}`;
}

/** A unified diff in colour, long lines cut. */
export function diffText(diff: string, width: number, paint: Paint): string {
  const lines = diff.trimEnd().split("\n");
  return lines
    .map((line) => {
      const shown = printable(line.replace(/\r$/, ""));
      const cut = shown.length > width ? `${shown.slice(0, width - 1)}…` : shown;
      if (line.startsWith("+")) return `${paint("green", cut)}\n`;
      return line.startsWith("-") ? `${paint("red", cut)}\n` : `${cut}\n`;
    })
    .join("");
}
