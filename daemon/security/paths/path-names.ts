/** What the letters of a path alone tell, for any platform: nothing here looks at a disk. */

export type PathProblem = string;

/**
 * Splits a path that is relative to a workspace into its parts, `.` and `..` resolved, or says why it is refused.
 * On Windows a backslash separates too, and names that mean something else than they say are refused.
 */
export function splitRelative(path: string, platform: NodeJS.Platform): { parts: string[] } | { problem: PathProblem } {
  if (path.includes("\0")) return { problem: "the path holds a NUL character" };
  const normal = platform === "win32" ? path.replaceAll("\\", "/") : path;
  if (normal.startsWith("/") || (platform === "win32" && /^[a-z]:/i.test(normal)))
    return { problem: "the path is absolute" };
  const parts: string[] = [];
  for (const part of normal.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return { problem: "the path leads up out of the workspace" };
  }
  const refused = platform === "win32" ? parts.map(windowsProblem).find((problem) => problem !== undefined) : undefined;
  return refused === undefined ? { parts } : { problem: refused };
}

const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])(?:\.|$)/i;

/** Windows opens something else than what such a name says: a device, a stream, a file without the trailing dot. */
function windowsProblem(name: string): PathProblem | undefined {
  if (DEVICE.test(name.trimEnd())) return `“${name}” is the name of a device`;
  if (name.includes(":")) return `“${name}” names a stream of a file`;
  if (/[. ]$/.test(name)) return `“${name}” ends with a dot or a space`;
  if (/[<>"|?*\u0001-\u001f]/.test(name)) return `“${name}” holds a character that Windows does not allow`;
  if (/~\d/.test(name)) return `“${name}” looks like a short name`;
  return undefined;
}

/** True when `path` is `folder` or below it; compared part by part, so that /w/proj-evil is not inside /w/proj. */
export function isWithin(folder: string, path: string, separator: string): boolean {
  const prefix = folder.endsWith(separator) ? folder : folder + separator;
  return path === folder || path.startsWith(prefix);
}
