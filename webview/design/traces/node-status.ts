/** How the state of a traced thing looks and reads. */
import type { TraceNode } from "../../../protocol/design/view.ts";
import type { StatusLook } from "../../run/status.ts";

export const NODE_STATUS: Record<TraceNode["status"] | "untraced", StatusLook> = {
  ok: { label: "traced", icon: "check", tone: "good" },
  missing: { label: "missing", icon: "warning", tone: "bad" },
  stale: { label: "stale", icon: "clock", tone: "wait" },
  untraced: { label: "not traced", icon: "discard", tone: "plain" },
};

export const KIND_WORDS: Record<TraceNode["kind"], { readonly one: string; readonly many: string }> = {
  requirement: { one: "requirement", many: "Requirement" },
  story: { one: "story", many: "Stories" },
  element: { one: "design element", many: "Design elements" },
  component: { one: "component", many: "Components" },
  file: { one: "file", many: "Files" },
  test: { one: "test", many: "Tests" },
};
