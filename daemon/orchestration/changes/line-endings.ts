/** Git may store other line endings than the user's file has; what is written back keeps the user's. */

/**
 * The content with the line endings of the file that it replaces, when both have one kind throughout and git sees no
 * difference (`isTheSame`); else the content as it is.
 */
export async function keepLineEndings(
  present: Buffer,
  content: Buffer,
  isTheSame: (bytes: Uint8Array) => Promise<boolean>,
): Promise<Buffer> {
  const [wanted, given] = [endingsOf(present), endingsOf(content)];
  if (wanted === given || wanted === "none" || given === "none") return content;
  const text = content.toString("latin1");
  const converted = Buffer.from(
    wanted === "crlf" ? text.replaceAll("\n", "\r\n") : text.replaceAll("\r\n", "\n"),
    "latin1",
  );
  return (await isTheSame(converted)) ? converted : content;
}

/** "none" also for mixed endings and for what is no text: nothing is converted then. */
function endingsOf(bytes: Buffer): "lf" | "crlf" | "none" {
  if (bytes.includes(0)) return "none";
  const text = bytes.toString("latin1");
  const all = text.split("\n").length - 1;
  const pairs = text.split("\r\n").length - 1;
  if (all === 0) return "none";
  if (pairs === all) return "crlf";
  return pairs === 0 ? "lf" : "none";
}
