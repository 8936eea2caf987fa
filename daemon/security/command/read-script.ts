/** Commands of a shell line: lists, pipes, compound commands, functions, redirections, here-documents. */
import { readQuotedText, readWord } from "./read-words.ts";
import { accept, createReader, expect, fail, looksAt, nested, peek, type Reader, skipBlanks } from "./reader.ts";
import type { AndOr, Assignment, Command, Piece, Pipeline, Redirect, Script, WordNode } from "./syntax.ts";

type Closing = ")" | "`";

/** Throws a ShellSyntaxProblem where the line is none that POSIX sh would run. */
export function readScript(text: string): { script: Script; reader: Reader } {
  const reader = createReader(text);
  const script = readList(reader, []);
  if (reader.at < text.length) fail(reader, "it cannot be read on");
  if (reader.pending.length > 0) fail(reader, "a here-document has no body");
  return { script, reader };
}

function readSubstitution(reader: Reader, closing: Closing): Script {
  const outer = reader.pending;
  reader.pending = [];
  const script = readList(reader, []);
  if (reader.pending.length > 0) fail(reader, "a here-document in a substitution");
  reader.pending = outer;
  expect(reader, closing);
  return script;
}

/** Up to the end, a closing bracket, or one of the words that end a compound command. */
function readList(reader: Reader, ends: readonly string[]): Script {
  const items: AndOr[] = [];
  for (;;) {
    skipLines(reader);
    if (atListEnd(reader, ends)) return items;
    const { first, rest } = readAndOr(reader);
    skipBlanks(reader);
    const background = looksAt(reader, "&") && !looksAt(reader, "&&");
    items.push({ first, rest, background });
    if (background) reader.at += 1;
    else if (looksAt(reader, ";") && !looksAt(reader, ";;")) reader.at += 1;
    else if (peek(reader) !== "\n") return items;
  }
}

function atListEnd(reader: Reader, ends: readonly string[]): boolean {
  return (
    peek(reader) === "" ||
    ")`".includes(peek(reader)) ||
    looksAt(reader, ";;") ||
    ends.some((word) => atWord(reader, word))
  );
}

/** Blanks and newlines; the bodies of here-documents begin after a newline. */
function skipLines(reader: Reader): void {
  skipBlanks(reader);
  while (peek(reader) === "\n") {
    reader.at += 1;
    for (const [index, pending] of reader.pending.splice(0).entries()) {
      if (index > 0) expect(reader, "\n");
      readBody(reader, pending);
    }
    skipBlanks(reader);
  }
}

function readBody(reader: Reader, { delimiter, expands, stripsTabs, fill }: Reader["pending"][number]): void {
  const start = reader.at;
  let from = start;
  for (;;) {
    const newline = reader.text.indexOf("\n", from);
    const end = newline === -1 ? reader.text.length : newline;
    const line = reader.text.slice(from, end);
    if ((stripsTabs ? line.replace(/^\t+/, "") : line) === delimiter) break;
    if (newline === -1) fail(reader, "a here-document is not ended");
    if (expands && line.endsWith("\\")) reader.problems.add("a line continues in a here-document");
    from = newline + 1;
  }
  const pieces: Piece[] = [];
  if (expands) readQuotedText(reader, readSubstitution, pieces, () => reader.at >= from);
  else pieces.push({ kind: "literal", text: reader.text.slice(start, from), quoted: true });
  if (reader.at > from) fail(reader, "a substitution leaves its here-document");
  fill({ start, end: from, pieces });
  const newline = reader.text.indexOf("\n", from);
  // The newline behind the delimiter stays, so that the list goes on behind it.
  reader.at = newline === -1 ? reader.text.length : newline;
}

function readAndOr(reader: Reader): Omit<AndOr, "background"> {
  const first = readPipeline(reader);
  const rest: { operator: "&&" | "||"; pipeline: Pipeline }[] = [];
  for (;;) {
    skipBlanks(reader);
    const operator = accept(reader, "&&") ? "&&" : accept(reader, "||") ? "||" : undefined;
    if (operator === undefined) return { first, rest };
    skipLines(reader);
    rest.push({ operator, pipeline: readPipeline(reader) });
  }
}

function readPipeline(reader: Reader): Pipeline {
  let negated = false;
  if (atWord(reader, "!")) {
    negated = true;
    reader.at += 1;
    skipBlanks(reader);
  }
  const commands = [readCommand(reader)];
  for (;;) {
    skipBlanks(reader);
    if (looksAt(reader, "||") || !accept(reader, "|")) return { negated, commands };
    if (accept(reader, "&")) reader.problems.add("shells read |& differently");
    skipLines(reader);
    commands.push(readCommand(reader));
  }
}

/** True when the bare word stands here and ends here. */
function atWord(reader: Reader, word: string): boolean {
  if (!looksAt(reader, word)) return false;
  const next = peek(reader, word.length);
  return next === "" || " \t\n;&|()<>`".includes(next);
}

function takeWord(reader: Reader, word: string): boolean {
  if (!atWord(reader, word)) return false;
  reader.at += word.length;
  return true;
}

function expectWord(reader: Reader, word: string): void {
  skipLines(reader);
  if (!takeWord(reader, word)) fail(reader, `“${word}” is missing`);
}

const MISPLACED = ["then", "else", "elif", "fi", "do", "done", "esac", "in", "}", "!"];
/** Words that bash keeps for itself and dash takes for programs. */
const BASH_WORDS = ["function", "select", "coproc", "[[", "]]"];

function readCommand(reader: Reader): Command {
  return nested(reader, () => {
    const start = reader.at;
    if (MISPLACED.some((word) => atWord(reader, word))) fail(reader, "a word of the shell stands where no command can");
    const compound = readCompound(reader);
    if (compound === undefined) return readSimple(reader);
    const end = reader.at;
    const redirects: Redirect[] = [];
    for (skipBlanks(reader); readRedirect(reader, redirects); skipBlanks(reader));
    return { ...compound, start, end, redirects };
  });
}

function readCompound(reader: Reader) {
  if (looksAt(reader, "((")) reader.problems.add("shells read (( differently");
  if (accept(reader, "(")) {
    const body = readFull(reader, []);
    expect(reader, ")");
    return { kind: "subshell", body } as const;
  }
  if (takeWord(reader, "{")) return { kind: "group", body: readUntil(reader, "}") } as const;
  if (takeWord(reader, "if")) return readIf(reader);
  if (takeWord(reader, "while") || takeWord(reader, "until"))
    return { kind: "loop", condition: readUntil(reader, "do"), body: readUntil(reader, "done") } as const;
  if (takeWord(reader, "for")) return readFor(reader);
  if (takeWord(reader, "case")) return readCase(reader);
  return readFunction(reader);
}

function readFull(reader: Reader, ends: readonly string[]): Script {
  const script = readList(reader, ends);
  if (script.length === 0) fail(reader, "a command is missing");
  return script;
}

function readUntil(reader: Reader, word: string): Script {
  const script = readFull(reader, [word]);
  expectWord(reader, word);
  return script;
}

function readIf(reader: Reader) {
  const branches: { condition: Script; body: Script }[] = [];
  let otherwise: Script = [];
  for (;;) {
    const condition = readUntil(reader, "then");
    branches.push({ condition, body: readFull(reader, ["elif", "else", "fi"]) });
    skipLines(reader);
    if (takeWord(reader, "elif")) continue;
    if (takeWord(reader, "else")) otherwise = readFull(reader, ["fi"]);
    expectWord(reader, "fi");
    return { kind: "if", branches, otherwise } as const;
  }
}

function readFor(reader: Reader) {
  skipBlanks(reader);
  const name = /^[A-Za-z_]\w*/.exec(reader.text.slice(reader.at, reader.at + 80))?.[0];
  if (name === undefined) fail(reader, "a variable's name is missing");
  reader.at += name.length;
  skipLines(reader);
  const items: WordNode[] = [];
  if (takeWord(reader, "in")) {
    for (skipBlanks(reader); ; skipBlanks(reader)) {
      const word = readWord(reader, readSubstitution);
      if (word === undefined) break;
      items.push(word);
    }
    if (!accept(reader, ";") && peek(reader) !== "\n") fail(reader, "the list of “for” is not ended");
  } else accept(reader, ";");
  expectWord(reader, "do");
  return { kind: "for", name, items, body: readUntil(reader, "done") } as const;
}

function readCase(reader: Reader) {
  skipBlanks(reader);
  const words: WordNode[] = [needWord(reader)];
  const bodies: Script[] = [];
  expectWord(reader, "in");
  for (skipLines(reader); !takeWord(reader, "esac"); skipLines(reader)) {
    accept(reader, "(");
    do {
      skipBlanks(reader);
      words.push(needWord(reader));
      skipBlanks(reader);
    } while (accept(reader, "|"));
    expect(reader, ")");
    bodies.push(readList(reader, ["esac"]));
    skipLines(reader);
    if (!accept(reader, ";;") && !atWord(reader, "esac")) fail(reader, "a branch of “case” is not ended");
    if (looksAt(reader, "&")) fail(reader, "a branch of “case” is not ended");
  }
  return { kind: "case", words, bodies } as const;
}

function readFunction(reader: Reader) {
  const match = /^([A-Za-z_:.][\w:.-]*)[ \t]*\([ \t]*\)/.exec(reader.text.slice(reader.at, reader.at + 200));
  const name = match?.[1];
  if (match === null || name === undefined) return undefined;
  reader.at += match[0].length;
  skipLines(reader);
  const start = reader.at;
  const body = readCommand(reader);
  if (body.kind === "simple" || body.kind === "function") fail({ ...reader, at: start }, "a function without braces");
  const first: Pipeline = { negated: false, commands: [body] };
  return { kind: "function", name, body: [{ first, rest: [], background: false }] } as const;
}

function needWord(reader: Reader): WordNode {
  return readWord(reader, readSubstitution) ?? fail(reader, "a word is missing");
}

function readSimple(reader: Reader): Command {
  const start = reader.at;
  const assignments: Assignment[] = [];
  const words: WordNode[] = [];
  const redirects: Redirect[] = [];
  let end = start;
  for (;;) {
    skipBlanks(reader);
    if (readRedirect(reader, redirects)) {
      end = reader.at;
      continue;
    }
    const at = reader.at;
    const assignment = words.length === 0 ? readAssignment(reader) : undefined;
    if (assignment !== undefined) assignments.push(assignment);
    else {
      const word = readWord(reader, readSubstitution);
      if (word === undefined) break;
      if (words.length === 0) reader.commandStarts.add(at);
      words.push(word);
    }
    end = reader.at;
  }
  if (end === start) fail(reader, "a command is missing");
  if (looksAt(reader, "(")) fail(reader, "a bracket stands where none can");
  if (BASH_WORDS.includes(reader.text.slice(words[0]?.start, words[0]?.end)))
    reader.problems.add("a word that only bash knows");
  return { kind: "simple", start, end, assignments, words, redirects };
}

function readAssignment(reader: Reader): Assignment | undefined {
  const match = /^([A-Za-z_]\w*)(\+?=)/.exec(reader.text.slice(reader.at, reader.at + 200));
  const name = match?.[1];
  if (match === null || name === undefined) return undefined;
  if (match[2] === "+=") reader.problems.add("shells read += differently");
  reader.at += match[0].length;
  if (looksAt(reader, "(")) fail(reader, "arrays are not understood");
  const start = reader.at;
  return { name, value: readWord(reader, readSubstitution) ?? { start, end: start, pieces: [] } };
}

const REDIRECT = /^(\d*)(&>>|&>|<<<|<<-|<<|<>|<&|>>|>\||>&|<|>)/;

function readRedirect(reader: Reader, redirects: Redirect[]): boolean {
  const match = REDIRECT.exec(reader.text.slice(reader.at, reader.at + 40));
  if (match === null || /^[<>]\(/.test(reader.text.slice(reader.at, reader.at + 2))) return false;
  const [whole, number = "", operator = ""] = match;
  if (number.length > 1) reader.problems.add("shells read a redirection of a number above nine differently");
  if (operator.startsWith("&")) {
    if (number !== "") return false;
    reader.problems.add("shells read &> differently");
  }
  if (operator === "<<<") reader.problems.add("shells read <<< differently");
  reader.at += whole.length;
  skipBlanks(reader);
  const target = needWord(reader);
  if (operator === "<<" || operator === "<<-") addHereDocument(reader, redirects, target, operator);
  else redirects.push({ operator: asOperator(operator), target });
  return true;
}

function asOperator(operator: string): Redirect["operator"] {
  const known = ["<", ">", ">>", ">|", "<>", "<&", ">&", "&>", "&>>", "<<<"] as const;
  return known.find((candidate) => candidate === operator) ?? ">";
}

function addHereDocument(reader: Reader, redirects: Redirect[], target: WordNode, operator: string): void {
  if (target.pieces.some((piece) => piece.kind !== "literal"))
    fail(reader, "the end of a here-document is no plain word");
  const delimiter = target.pieces.map((piece) => (piece.kind === "literal" ? piece.text : "")).join("");
  const expands = target.pieces.every((piece) => piece.kind === "literal" && !piece.quoted);
  const index = redirects.push({ operator: "<<", target }) - 1;
  const fill = (body: WordNode) => {
    redirects[index] = { operator: "<<", target: body };
  };
  reader.pending.push({ delimiter, expands, stripsTabs: operator === "<<-", fill });
}
