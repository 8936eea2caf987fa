/** A path's last part, with its folder where the part says nothing. The whole stands beside it, for readers too. */
export function shortPath(path: string): string {
  const parts = path.split("/");
  const last = parts.at(-1) ?? path;
  return /^(index|main|mod|__init__)\./.test(last) ? parts.slice(-2).join("/") : last;
}
