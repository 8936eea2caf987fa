import * as z from "zod/mini";
import type { DirectTool } from "../tool.ts";
import { type FileCitation, readCitations } from "./citations/read-citations.ts";
import { fileProblem } from "./citations/resolve.ts";

const input = z.object({ text: z.string().check(z.minLength(1), z.maxLength(50_000)) });

function citedFiles(text: string): FileCitation[] {
  return readCitations(text).filter((citation) => citation.kind === "file");
}

/** The check `citations-resolve`, for the agent to ask before it hands its work in; pages are not looked up. */
export const checkCitations: DirectTool<typeof input> = {
  name: "check_citations",
  description: "Opens each [path:line] of a text and tells which do not hold what is quoted before them.",
  input,
  effect: "pure",
  access({ text }) {
    const paths = [...new Set(citedFiles(text).map(({ path }) => path))];
    return paths.length === 0 ? { kind: "none" } : { kind: "read", paths };
  },
  async execute({ text }, context) {
    const cited = citedFiles(text);
    const problems: string[] = [];
    for (const citation of cited) {
      const found = await fileProblem(context, citation);
      if (found !== undefined) problems.push(`${citation.text}: ${found.problem}`);
    }
    const summary = `${cited.length - problems.length} of ${cited.length} citations hold`;
    return { ok: true, output: [`${summary}.`, ...problems].join("\n"), summary };
  },
};
