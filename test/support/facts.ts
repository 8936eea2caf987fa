/** Facts to put into a store or a prompt. */
import type { Fact } from "../../protocol/index.ts";
import { FIXED_NOW } from "./store.ts";

export function factOf(more: Partial<Fact> = {}): Fact {
  return {
    factId: "fact-1",
    kind: "fact",
    text: "Prices are kept in cents.",
    workspace: "/workspace",
    status: "active",
    reason: "",
    supersededBy: null,
    cites: [],
    author: { type: "person", name: "Ada" },
    confidence: 1,
    uses: 0,
    lastUsedAt: null,
    createdAt: FIXED_NOW,
    updatedAt: FIXED_NOW,
    version: 1,
    ...more,
  };
}
