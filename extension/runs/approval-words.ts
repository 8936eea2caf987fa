/** An approval as one line, for lists and notices. */
import type { Approval } from "../../protocol/approval.ts";

export function questionOf({ subject, title }: Pick<Approval, "subject" | "title">): string {
  switch (subject.kind) {
    case "plan":
      return `${title} ${subject.taskCount} ${subject.taskCount === 1 ? "task" : "tasks"}: ${subject.summary}`;
    case "command":
      return `run \`${subject.command}\` in ${subject.cwd}?`;
    case "read":
      return `read ${subject.path}? ${subject.reason}`;
    case "write":
      return `change ${subject.path}? ${subject.reason}`;
    case "network":
      return `fetch ${subject.url}?`;
    case "foreign":
      return `use ${subject.name} with ${subject.input}?`;
    case "git":
      return `git ${subject.action}: ${subject.detail}?`;
  }
}

const MOST_IN_A_NOTICE = 300;

/** True when the line says all that an answer holds for: what has a diff, arguments or a plan is answered where those are shown. */
export function isWholeInOneLine(approval: Pick<Approval, "subject" | "title">): boolean {
  const { kind } = approval.subject;
  const isLine = kind === "command" || kind === "read" || kind === "network";
  const line = questionOf(approval);
  return isLine && line.length <= MOST_IN_A_NOTICE && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(line);
}

/** "in 5 min", "in 3 h"; what has expired is told so. */
export function timeLeft(expiresAt: string, now: number): string {
  const minutes = Math.ceil((Date.parse(expiresAt) - now) / 60_000);
  if (minutes <= 0) return "expired";
  return minutes < 60 ? `expires in ${minutes} min` : `expires in ${Math.floor(minutes / 60)} h`;
}
