/** docs/errors.md, from the error catalogue. */
import { ERRORS } from "../../protocol/errors.ts";

const INTRODUCTION = `# Errors

Every expected failure has a stable code, says what is wrong and what to do. Scripts may branch on the code. The message that
a person sees can end with what exactly was wrong this time.
`;

export function errorPage(): string {
  const groups = Map.groupBy(Object.entries(ERRORS), ([code]) => code.slice(0, code.indexOf(".")));
  const sections = [...groups].map(([group, entries]) => {
    const rows = entries.map(([code, { message, hint }]) => `| \`${code}\` | ${cell(message)} | ${cell(hint)} |`);
    return [`## ${group}\n`, "| code | what is wrong | what to do |", "|---|---|---|", ...rows, ""].join("\n");
  });
  return [INTRODUCTION, ...sections].join("\n");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
