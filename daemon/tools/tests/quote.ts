/** Words of a model in a shell line: each stays one word, or is refused. */
import { failure, ok, type Result } from "../../../protocol/index.ts";

/** What cmd.exe leaves alone between double quotes; it has no way to quote the rest that holds everywhere. */
const PLAIN_IN_CMD = /^[\p{L}\p{N} _.,:;/\\@+=()[\]{}#~'-]*$/u;
const NEEDS_NO_QUOTES = /^[A-Za-z0-9_./:@+-]+$/;

/** One word for the platform's shell. Refuses control characters, and on Windows what cmd.exe would read itself. */
export function shellWord(text: string, isWindows: boolean): Result<string> {
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(text)) return refused(text, "it holds a control character");
  if (NEEDS_NO_QUOTES.test(text)) return ok(text);
  if (!isWindows) return ok(`'${text.replaceAll("'", "'\\''")}'`);
  if (!PLAIN_IN_CMD.test(text) || text.endsWith("\\"))
    return refused(text, "the Windows shell would read a sign in it");
  return ok(`"${text}"`);
}

function refused(text: string, why: string): Result<string> {
  return failure("tool.invalid_input", `“${text.slice(0, 100)}” cannot be part of a command: ${why}.`);
}
