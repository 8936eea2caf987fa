/** Text of the repository inside Markdown: it must not become markup, whatever it holds. */
import { printable } from "../../tools/gate/result.ts";

/** As code, on one line. */
export function code(text: string): string {
  const line = printable(text).replaceAll(/\s+/g, " ").trim();
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = line.startsWith("`") || line.endsWith("`") ? " " : "";
  return line === "" ? "" : `${fence}${pad}${line}${pad}${fence}`;
}

/** As plain words. */
export function words(text: string): string {
  return printable(text).replaceAll(/([\\`*_{}[\]()#+\-.!|<>~&])/g, "\\$1");
}

export function block(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language.replaceAll(/[^\w+#-]/g, "")}\n${printable(text)}\n${fence}`;
}
