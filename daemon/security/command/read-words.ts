/** Words of a shell line: quotes, expansions and substitutions, as POSIX sh reads them. */
import { accept, expect, fail, looksAt, nested, peek, type Reader } from "./reader.ts";
import type { Piece, Script, WordNode } from "./syntax.ts";

/** Reads the commands of a substitution up to its closing mark; given by the reader of scripts. */
export type ReadScript = (reader: Reader, closing: ")" | "`") => Script;

const ENDS_WORD = " \t\n;&|()<>";

/** Undefined when no word starts here. */
export function readWord(reader: Reader, script: ReadScript): WordNode | undefined {
  const start = reader.at;
  const pieces: Piece[] = [];
  while (reader.at < reader.text.length && !(isInBackticks(reader) && peek(reader) === "`")) {
    const char = peek(reader);
    if (looksAt(reader, "<(") || looksAt(reader, ">(")) {
      if (reader.at !== start) break;
      reader.problems.add("process substitution is not understood");
      reader.at += 2;
      pieces.push({ kind: "substitution", quoted: false, scripts: [nested(reader, () => script(reader, ")"))] });
      continue;
    }
    if (ENDS_WORD.includes(char)) break;
    readPiece(reader, script, pieces);
  }
  if (reader.at === start) return undefined;
  checkBraces(reader, pieces);
  return { start, end: reader.at, pieces };
}

function readPiece(reader: Reader, script: ReadScript, pieces: Piece[]): void {
  const char = peek(reader);
  if (char === "'") pieces.push(readSingleQuoted(reader));
  else if (char === '"') readDoubleQuoted(reader, script, pieces);
  else if (char === "\\") pieces.push(readEscape(reader));
  else if (char === "$" || char === "`") pieces.push(readExpansion(reader, script, false));
  else {
    reader.at += 1;
    if (char > "\u007f" && !/\p{L}/u.test(char)) reader.problems.add("it holds an unusual character outside of quotes");
    addText(pieces, char, false);
  }
}

function addText(pieces: Piece[], text: string, quoted: boolean): void {
  const last = pieces.at(-1);
  if (last?.kind === "literal" && last.quoted === quoted)
    pieces[pieces.length - 1] = { kind: "literal", text: last.text + text, quoted };
  else pieces.push({ kind: "literal", text, quoted });
}

function readEscape(reader: Reader): Piece {
  const next = peek(reader, 1);
  if (next === "") fail(reader, "it ends with a backslash");
  if (next === "\n") reader.problems.add("a line continues within a word");
  reader.at += 2;
  return { kind: "literal", text: next === "\n" ? "" : next, quoted: true };
}

function readSingleQuoted(reader: Reader): Piece {
  const end = reader.text.indexOf("'", reader.at + 1);
  if (end === -1) fail(reader, "a quote is not closed");
  const text = reader.text.slice(reader.at + 1, end);
  // Between backticks quotes do not protect a backtick, and shells differ in what they make of it.
  if (isInBackticks(reader) && text.includes("`")) fail(reader, "backticks are not closed");
  reader.at = end + 1;
  return { kind: "literal", text, quoted: true };
}

function readDoubleQuoted(reader: Reader, script: ReadScript, pieces: Piece[]): void {
  reader.at += 1;
  pieces.push({ kind: "literal", text: "", quoted: true });
  readQuotedText(reader, script, pieces, () => looksAt(reader, '"'));
  expect(reader, '"');
}

/** Text in which only `$`, backticks and some backslashes mean something; also the body of a here-document. */
export function readQuotedText(reader: Reader, script: ReadScript, pieces: Piece[], ends: () => boolean): void {
  while (!ends()) {
    const char = peek(reader);
    if (char === "") fail(reader, "a quote is not closed");
    if (isInBackticks(reader) && char === "`") fail(reader, "a quote is not closed");
    if (char === "$" || char === "`") pieces.push(readExpansion(reader, script, true));
    else if (char === "\\" && '$`"\\\n'.includes(peek(reader, 1) || "-")) pieces.push(readEscape(reader));
    else {
      reader.at += 1;
      addText(pieces, char, true);
    }
  }
}

function readExpansion(reader: Reader, script: ReadScript, quoted: boolean): Piece {
  if (peek(reader) === "`") return readBackticks(reader, script, quoted);
  if (looksAt(reader, "$((")) return readArithmetic(reader, script, quoted);
  if (accept(reader, "$(")) {
    const inner = outsideBackticks(reader, () => nested(reader, () => script(reader, ")")));
    return { kind: "substitution", quoted, scripts: [inner] };
  }
  if (looksAt(reader, "${")) return readBraced(reader, script, quoted);
  return readPlainVariable(reader, quoted);
}

function readPlainVariable(reader: Reader, quoted: boolean): Piece {
  const name = /^\$([A-Za-z_]\w*|[0-9@*#?$!-])/.exec(reader.text.slice(reader.at, reader.at + 80))?.[1];
  if (name !== undefined) {
    reader.at += 1 + name.length;
    return { kind: "variable", name, quoted };
  }
  if (!quoted && /['"]/.test(peek(reader, 1))) reader.problems.add("shells read $'…' and $\"…\" differently");
  if (peek(reader, 1) === "[") reader.problems.add("shells read $[…] differently");
  reader.at += 1;
  return { kind: "literal", text: "$", quoted };
}

const backtickReaders = new WeakSet<Reader>();

function isInBackticks(reader: Reader): boolean {
  return backtickReaders.has(reader);
}

function outsideBackticks<Value>(reader: Reader, read: () => Value): Value {
  if (isInBackticks(reader)) reader.problems.add("substitutions of both kinds are nested");
  return read();
}

function readBackticks(reader: Reader, script: ReadScript, quoted: boolean): Piece {
  reader.at += 1;
  const end = reader.text.indexOf("`", reader.at);
  if (end === -1) fail(reader, "backticks are not closed");
  // A backslash is read once more inside: what the commands are is told only after that.
  if (reader.text.slice(reader.at, end).includes("\\")) reader.problems.add("a backslash between backticks");
  if (quoted && reader.text.slice(reader.at, end).includes('"')) reader.problems.add("quotes in quoted backticks");
  backtickReaders.add(reader);
  const inner = nested(reader, () => script(reader, "`"));
  backtickReaders.delete(reader);
  return { kind: "substitution", quoted, scripts: [inner] };
}

/** Numbers and operators are harmless; a name in arithmetic may hold a text that is evaluated again. */
function readArithmetic(reader: Reader, script: ReadScript, quoted: boolean): Piece {
  const start = reader.at;
  const scripts: Script[] = [];
  reader.at += 3;
  let open = 0;
  while (open > 0 || !looksAt(reader, "))")) {
    const char = peek(reader);
    if (char === "") fail(reader, "arithmetic is not closed");
    if (char === "$" || char === "`") {
      const piece = readExpansion(reader, script, true);
      if (piece.kind === "substitution") scripts.push(...piece.scripts);
      continue;
    }
    if (char === ")" && open === 0) fail(reader, "arithmetic is not closed");
    open += char === "(" ? 1 : char === ")" ? -1 : 0;
    reader.at += 1;
  }
  reader.at += 2;
  if (!/^[\d\s+\-*/%()<>=!&|^~?:]*$/.test(reader.text.slice(start + 3, reader.at - 2)))
    reader.problems.add("arithmetic with more than numbers is not understood");
  return { kind: "substitution", quoted, scripts };
}

const BRACED = /^\$\{(#?)([A-Za-z_]\w*|\d+|[@*#?$!-])(:?[-+?]|%%?|##?|\})/;

function readBraced(reader: Reader, script: ReadScript, quoted: boolean): Piece {
  const match = BRACED.exec(reader.text.slice(reader.at, reader.at + 120));
  const scripts: Script[] = [];
  if (match === null || (match[1] === "#" && match[3] !== "}")) {
    reader.problems.add("an expansion in braces is not understood");
    reader.at += 2;
  } else reader.at += match[0].length;
  if (match?.[3] === "}" && match[1] !== "#") return { kind: "variable", name: match[2] ?? "", quoted };
  if (match?.[3] === "}") return { kind: "substitution", quoted, scripts };
  while (!accept(reader, "}")) {
    const char = peek(reader);
    if (char === "" || char === "\n") fail(reader, "an expansion is not closed");
    if (char === "$" || char === "`") {
      const piece = readExpansion(reader, script, quoted);
      if (piece.kind === "substitution") scripts.push(...piece.scripts);
      continue;
    }
    if ("'\"\\{".includes(char)) fail(reader, "quotes in an expansion are not understood");
    reader.at += 1;
  }
  return { kind: "substitution", quoted, scripts };
}

/** bash makes several words of `{a,b}` and `{1..3}`, dash does not. */
function checkBraces(reader: Reader, pieces: readonly Piece[]): void {
  const bare = pieces.map((piece) => (piece.kind === "literal" && !piece.quoted ? piece.text : "\u0001")).join("");
  if (/\{.*(,|\.\.).*\}/s.test(bare)) reader.problems.add("shells read braces with a comma or two dots differently");
}
