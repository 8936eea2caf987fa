/** Ids that tie log lines together, in the shape of W3C trace context. */
import { randomBytes } from "node:crypto";

/** 16 hexadecimal digits. */
export function newSpanId(): string {
  return randomBytes(8).toString("hex");
}

/** 32 hexadecimal digits. */
export function newTraceId(): string {
  return randomBytes(16).toString("hex");
}
