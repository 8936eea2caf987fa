import type { DesignDocument } from "../../../protocol/design/view.ts";
import type { StatusLook } from "../../run/status.ts";

/** Null: nothing is asked, so nothing is said. */
export const GATE_LOOKS: Record<DesignDocument["gate"], StatusLook | null> = {
  none: null,
  open: { label: "waits for you", icon: "bell", tone: "wait" },
  approved: { label: "approved", icon: "check", tone: "good" },
  sent_back: { label: "sent back", icon: "discard", tone: "plain" },
};
