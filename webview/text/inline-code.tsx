import type { ReactNode } from "react";

/** One line of the daemon's words, in which a command stands between backticks. */
export function InlineCode({ text }: { readonly text: string }): ReactNode {
  const [, before, code, after] = /^([^`]*)`(.+)`([^`]*)$/s.exec(text) ?? [];
  if (code === undefined) return text;
  return (
    <>
      {before}
      <code>{code}</code>
      {after}
    </>
  );
}
