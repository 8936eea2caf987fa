import * as z from "zod/mini";
import { type CiteInput, FACT_CITES, FactKind, failure } from "../../protocol/index.ts";
import type { DirectTool } from "./tool.ts";

const input = z.object({
  kind: FactKind,
  text: z.string(),
  paths: z.optional(z.array(z.string())),
});

/** Hands in a note for later work; it counts once a person has confirmed it. The same words again change nothing. */
export const remember: DirectTool<typeof input> = {
  name: "remember",
  description: "Proposes a lasting note on this project and the files it rests on; a person confirms it.",
  input,
  effect: "idempotent",
  access: ({ paths = [] }) => ({ kind: "read", paths: paths.length === 0 ? ["."] : paths }),
  async execute({ kind, text, paths = [] }, { note }) {
    if (note === undefined) return failure("tool.failed", "Nothing can be noted here.");
    const cites = paths.slice(0, FACT_CITES).map((path): CiteInput => ({ kind: "file", path }));
    const noted = await note({ kind, text, scope: "workspace", cites });
    if (!noted.ok) return noted;
    const { outcome, fact } = noted.value;
    const known = outcome === "known" ? "It was known already." : "Noted.";
    const waits = fact.status === "proposed" ? " It waits for a person." : "";
    return { ok: true, output: known + waits, summary: `proposed to remember: ${text.slice(0, 100)}` };
  },
};
