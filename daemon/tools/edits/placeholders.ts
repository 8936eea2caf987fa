/** Text that stands for code left out, and other things that a model's answer holds but no file should. */

const NOUN =
  "(?:code|files?|functions?|methods?|class(?:es)?|components?|implementations?|logic|body|module|script|imports?|tests?|program|contents?|lines?|document|config(?:uration)?|sections?|styles?|rules|cases|definitions?|declarations?|fields|properties|props|template|html|markup|handlers?|routes|exports?|helpers?|setup|block|part|stuff|text|entries|items|values|options|data)";
const STATE =
  "(?:(?:goes |is |are |was |were )?here|(?:is |are )?(?:left )?(?:unchanged|unmodified|untouched|omitted|elided|skipped|truncated)(?: for (?:brevity|clarity|now))?|(?:remains?|stays?|is|are|kept) (?:exactly )?(?:the same|unchanged|as(?: it)? is|as before|untouched)|(?:the )?same(?: as (?:before|above|original|the original|earlier))?|as (?:before|above|is)|continues?(?: here| as before| below| unchanged)?|not shown|not changed|above|below)";
const WHICH = "(?:existing|remaining|previous|original|unchanged|unmodified|current|old|omitted|rest)";

/** Whole comments that say that something was left out. Anchored: prose that goes on says something else. */
const OMISSIONS: readonly RegExp[] = [
  new RegExp(
    `^(?:and )?(?:the )?(?:rest|remainder)(?: of (?:(?:the|this|your|my|its) )?(?:[\\w.]+ ){0,3}${NOUN})?(?: ${STATE})?$`,
  ),
  new RegExp(`^(?:and )?(?:all |the |your |my |keep |any ){0,3}${WHICH} (?:[\\w.]+ )?${NOUN}(?: ${STATE})?$`),
  new RegExp(
    `^(?:and )?(?:all |the |your |my |keep )*(?:other|others|more|rest|everything else|rest of it)(?: [\\w.]+){0,2} ${STATE}$`,
  ),
  new RegExp(`^(?:the )?(?:[\\w.]+ )?${NOUN} (?:above |below |here )?(?:is |are )?${STATE}$`),
  new RegExp(`^(?:${WHICH} )?${NOUN} (?:omitted|elided|truncated|unchanged)(?: for (?:brevity|clarity))?$`),
  /^(?:unchanged|omitted|snip|snipped|truncated|elided)(?: (?:for (?:brevity|clarity)|code|here))?$/,
  /^same as (?:before|above|original|the original|earlier)$|^as before$|^everything else (?:is |stays |remains )?(?:the same|unchanged)$/,
  /^no (?:other )?changes?(?: (?:here|below|above|needed|required|to (?:the )?rest.*))?$/,
  /^keep (?:all |the |your |everything )*(?:existing|rest|remaining|same|original|other|as is|unchanged)\b(?: [\w.]+){0,5}$/,
];
/** With an ellipsis fewer words are enough. */
const HINT =
  /\b(?:existing|rest|remaining|remainder|unchanged|omitted|previous|original|same|other|others|more|as before|etc|truncated|snip|keep|above|below|continued?|code|implementation|methods?|functions?|imports?|lines|content|contents|body|logic)\b/;

const OPENING = /^(?:\/\/+|\/\*+|#+(?![!\w[#])|<!--|\{\/\*|--+|;+|%+|'(?!')|"""|'''|\(\*|\{-|\*+|rem\b|dnl\b)\s*/i;
const CLOSING = /\s*(?:\*+\/\}?|-->|"""|'''|\*\)|-\})\s*$/;
/** A comment after code; only one that begins with an ellipsis counts there. */
const AFTER_CODE = /(?:\s\/\/|\s#|\/\*|\s--|<!--)\s*(?:\.{3,}|…)(.*)$/;

/** The first line that stands for left-out code and does not stand in the file already; undefined for none. */
export function placeholderIn(replacement: string, present: string): string | undefined {
  if (!MAY_BE.test(replacement)) return undefined;
  let known: Set<string> | undefined;
  const lines = replacement.split(/\r?\n/).map((line) => line.trim());
  for (const [index, trimmed] of lines.entries()) {
    if (!isPlaceholder(trimmed) && !isBareEllipsis(lines, index)) continue;
    known ??= new Set(present.split(/\r?\n/).map((each) => each.trim()));
    if (!known.has(trimmed)) return trimmed.slice(0, 120);
  }
  return undefined;
}

/** An ellipsis on its own line, with code around it. After a colon or a docstring it is Python, and means “no body”. */
function isBareEllipsis(lines: readonly string[], index: number): boolean {
  if (!/^[[(<{]?\s*(?:\.{3,}|…)\s*[\])>}]?[,;]?$/.test(lines[index] ?? "")) return false;
  const before = lines.slice(0, index).findLast((line) => line !== "");
  const isAlone = lines.every((line, other) => other === index || line === "");
  return !isAlone && (before === undefined || !/(?::|:\s*#.*|"""|''')$/.test(before));
}

const MAY_BE =
  /\.{3}|…|existing|rest|remain|unchanged|unmodified|untouched|omitted|elided|snip|truncated|same|as before|no (?:other )?changes?|keep|previous|original|not shown|current|old/i;
const MAX_LENGTH = 160;

function isPlaceholder(line: string): boolean {
  if (line === "" || line.length > MAX_LENGTH) return false;
  const opening = OPENING.exec(line);
  const inner = (opening === null ? line : line.slice(opening[0].length)).replace(CLOSING, "").trim();
  // Two or more are a heading, unless an ellipsis says otherwise.
  const isHeading = line.startsWith("##") && !/\.{3}|…/.test(line);
  if (opening !== null && !isHeading && saysOmitted(inner)) return true;
  if (opening === null && isBareOmission(line)) return true;
  const after = AFTER_CODE.exec(line);
  return after !== null && saysOmitted(`...${(after[1] ?? "").replace(CLOSING, "")}`);
}

/** Without a comment around it, only words between two ellipses or in brackets with one. */
function isBareOmission(line: string): boolean {
  if (isBracketed(line)) return true;
  const match = /^[[(<{]?\s*(?:\.{3,}|…)\s*(\S.*?)\s*(?:\.{3,}|…)?\s*[\])>}]?$/.exec(line);
  const words = match?.[1];
  if (words === undefined || /[;={}"'`]/.test(words)) return false;
  const isEnclosed = /(?:\.{3,}|…)\s*[\])>}]?$/.test(line) || /^[[(<{]/.test(line);
  if (!isEnclosed && !words.includes(" ")) return false;
  return isEnclosed ? saysOmitted(line) : OMISSIONS.some((pattern) => pattern.test(wordsOf(words)));
}

/** “[rest of the file]”; two words may be a call or a list. */
function isBracketed(line: string): boolean {
  const words = wordsOf(/^(?:\[(.+)\]|\((.+)\)|<(.+)>)$/.exec(line)?.slice(1).join("") ?? "");
  return words.split(" ").length > 2 && OMISSIONS.some((pattern) => pattern.test(words));
}

function saysOmitted(comment: string): boolean {
  const hasEllipsis = /\.{3,}|…/.test(comment);
  const words = wordsOf(comment);
  if (words === "") return hasEllipsis;
  if (OMISSIONS.some((pattern) => pattern.test(words))) return true;
  return startsWithEllipsis(comment) && words.split(" ").length <= 8 && HINT.test(words);
}

function startsWithEllipsis(comment: string): boolean {
  return /^[[(<{\s]*(?:\.{3,}|…)/.test(comment);
}

function wordsOf(comment: string): string {
  return comment
    .toLowerCase()
    .replace(/\.{2,}|…/g, " ")
    .replace(/[^\p{L}\p{N}_.\s]/gu, " ")
    .replace(/\.(?=\s|$)/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}

/** Both ends of a merge conflict, or of a search-and-replace block, in a text that is to be written. */
export function hasLeakedMarkers(replacement: string, present: string): boolean {
  const markers = /^<{7}(?: |$).*\n(?:.*\n)*?>{7}(?: |$)/m;
  return replacement.includes("<<<<<<<") && markers.test(`${replacement}\n`) && !markers.test(`${present}\n`);
}
