/** What type checkers and linters write, as problems with file and line. Never throws for what is in an output. */
import * as z from "zod/mini";
import { jsonIn, withoutColours } from "../tests/plain-text.ts";

export interface FoundProblem {
  /** As the checker names it: relative to where it ran, or absolute. */
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** colon: `path:line:column: message`, as Go, Cargo, mypy, ruff and pyright write. */
export type OutputFormat = "tsc" | "colon" | "eslint" | "github";

const MOST = 2000;
const MESSAGE_LENGTH = 300;

export function parseProblems(format: OutputFormat, output: string): FoundProblem[] {
  const text = withoutColours(output);
  return PARSERS[format](text)
    .slice(0, MOST)
    .map(({ message, ...place }) => ({ ...place, message: message.trim().slice(0, MESSAGE_LENGTH) }));
}

const PARSERS: Readonly<Record<OutputFormat, (text: string) => FoundProblem[]>> = {
  tsc: (text) => byLine(text, /^([^\s(][^(]{0,500})\((\d{1,9}),\d{1,9}\): ((?:error|warning) .*)$/),
  colon: (text) => byLine(text, /^\s{0,20}([^\s:][^:]{0,500}):(\d{1,9}):(?:\d{1,9}:?)?(?: -)? (?!note:)(.*)$/),
  github: githubLines,
  eslint: eslintFiles,
};

function byLine(text: string, pattern: RegExp): FoundProblem[] {
  return text.split("\n").flatMap((line) => {
    // A drive letter's colon is none that ends a path.
    const [, drive = "", rest = line] = /^\s{0,20}([A-Za-z]:)([\\/].*)$/.exec(line.slice(0, 2000)) ?? [];
    const [, file, number, message = ""] = pattern.exec(rest.slice(0, 2000)) ?? [];
    return file === undefined ? [] : [{ file: drive + file, line: Number(number), message }];
  });
}

/** GitHub's annotations: `::error title=…,file=a.ts,line=3::message`. */
function githubLines(text: string): FoundProblem[] {
  return text.split("\n").flatMap((line) => {
    const end = line.indexOf("::", 2);
    if (!/^::(error|warning)\b/.test(line) || end < 0) return [];
    const fields = new Map(
      line
        .slice(line.indexOf(" ") + 1, end)
        .split(",")
        .map((field): [string, string] => [field.split("=", 1)[0] ?? "", field.slice(field.indexOf("=") + 1)]),
    );
    const [file, number] = [fields.get("file"), Number(fields.get("line"))];
    if (file === undefined || !Number.isInteger(number)) return [];
    const message = `${fields.get("title") ?? ""}: ${line.slice(end + 2)}`.replace(/^: /, "").replaceAll("%0A", " ");
    return [{ file: decoded(file), line: number, message }];
  });
}

function decoded(text: string): string {
  return text.replaceAll("%2C", ",").replaceAll("%3A", ":").replaceAll("%25", "%");
}

const EslintFiles = z.array(
  z.object({
    filePath: z.string(),
    messages: z.array(
      z.object({
        line: z.optional(z.nullable(z.number())),
        message: z.string(),
        ruleId: z.optional(z.nullable(z.string())),
      }),
    ),
  }),
);

function eslintFiles(text: string): FoundProblem[] {
  const start = text.indexOf("[");
  const files = EslintFiles.safeParse(start < 0 ? undefined : listIn(text.slice(start)));
  if (!files.success) return [];
  return files.data.flatMap(({ filePath, messages }) =>
    messages.map(({ line, message, ruleId }) => ({
      file: filePath,
      line: line ?? 1,
      message: ruleId ? `${message} (${ruleId})` : message,
    })),
  );
}

/** A list is read as the one member of an object, for which there is a reader that takes noise around it. */
function listIn(text: string): unknown {
  const whole = text.slice(0, text.lastIndexOf("]") + 1);
  const value = jsonIn(`{"list":${whole}}`);
  return typeof value === "object" && value !== null && "list" in value ? value.list : undefined;
}
