/** Texts and names as SQL writes them. */

export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function named(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
