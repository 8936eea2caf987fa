/** Structured logging. The sink (log-file.ts) writes JSON lines and redacts secrets; this is what code holds. */
export type LogLevel = "debug" | "info" | "warn" | "error";

export interface Log {
  write(level: LogLevel, message: string, fields?: Record<string, unknown>): void;
  /** A log whose lines all carry these fields, such as runId and spanId. */
  with(fields: Record<string, unknown>): Log;
}
