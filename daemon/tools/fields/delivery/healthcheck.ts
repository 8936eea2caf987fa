/**
 * Health checks as dockerfilelint can read them. It breaks on one without options, and takes options with two words in
 * their names for errors. Only those two things are put otherwise; all else of a line reaches it as it is.
 */

const NEWER_OPTIONS = /--start-(?:period|interval)=/gi;

/** The same text with as many lines, to be given to dockerfilelint and shown to nobody. */
export function readableHealthchecks(text: string): string {
  const lines = text.split("\n");
  return lines
    .map((line, index) => {
      const [keyword] = /^\s*HEALTHCHECK(?=\s)/i.exec(line) ?? [];
      if (keyword === undefined || isContinued(lines, index)) return line;
      const rest = line.slice(keyword.length).replace(NEWER_OPTIONS, "--interval=");
      // Three retries are what Docker takes when nobody says how many.
      return hasOptions(lines, index, rest) ? keyword + rest : `${keyword} --retries=3${rest}`;
    })
    .join("\n");
}

/** Whether it begins with an option, or is `NONE`, which has none; the first word may be on a later line. */
function hasOptions(lines: readonly string[], index: number, rest: string): boolean {
  const words = [rest, ...lines.slice(index + 1)].filter((line) => !isSkipped(line)).join(" ");
  const [first = ""] = words.split(/[\s\\]+/).filter((word) => word !== "");
  return first.startsWith("--") || /^none$/i.test(first) || first === "";
}

/** Whether the line goes on with the instruction of an earlier one. */
function isContinued(lines: readonly string[], index: number): boolean {
  const before = lines.slice(0, index).findLast((line) => !isSkipped(line));
  return before?.trimEnd().endsWith("\\") === true;
}

function isSkipped(line: string): boolean {
  return line.trim() === "" || line.trim().startsWith("#");
}
