import { type Citation, readCitations } from "./citations/read-citations.ts";
import { fileProblem, pageProblem } from "./citations/resolve.ts";
import { type FieldCheck, type FieldContext, type FieldFinding, resultOf } from "./field-check.ts";
import { textAt } from "./touched-lines.ts";

const MOST_NOTES = 20;
const MOST_PAGES = 20;

/** An answer without a source is an opinion. */
export const citationsResolve: FieldCheck = {
  name: "citations-resolve",
  description: "Every citation leads to a line or page that is there and holds what is said.",
  appliesTo: () => true,
  async run(context) {
    const texts = [{ path: "", text: context.answer }, ...(await notes(context))];
    const cited = texts.map(({ path, text }) => ({ path, citations: readCitations(text) }));
    const all = cited.flatMap(({ citations }) => citations).length;
    if (all === 0) {
      const message = "Nothing is cited. Give each claim its [path:line], or the address of a page that you fetched.";
      return resultOf([{ path: "", message, severity: "error" }], "no citation");
    }
    const findings: FieldFinding[] = [];
    for (const { path, citations } of cited)
      for (const citation of bounded(citations)) findings.push(...(await findingsOf(context, path, citation)));
    const wrong = findings.filter(({ severity }) => severity === "error").length;
    return resultOf(findings, `${all - wrong} of ${all} citations hold`);
  },
};

async function notes({ root, changed }: FieldContext): Promise<{ path: string; text: string }[]> {
  const paths = changed.filter((path) => /\.(md|txt)$/i.test(path)).slice(0, MOST_NOTES);
  const texts = await Promise.all(paths.map((path) => textAt(root, path)));
  return paths.flatMap((path, index) => {
    const text = texts[index];
    return text === undefined ? [] : [{ path, text }];
  });
}

/** The same page is looked up once, and not more pages than a person would follow. */
function bounded(citations: readonly Citation[]): Citation[] {
  const pages = new Map<string, Citation>();
  for (const citation of citations) if (citation.kind === "page") pages.set(citation.url, citation);
  return [...citations.filter(({ kind }) => kind === "file"), ...[...pages.values()].slice(0, MOST_PAGES)];
}

async function findingsOf(context: FieldContext, path: string, citation: Citation): Promise<FieldFinding[]> {
  context.signal.throwIfAborted();
  if (citation.kind === "page") {
    const problem = await pageProblem(context, citation);
    return problem === undefined ? [] : [{ path, message: problem, severity: "error" }];
  }
  const found = await fileProblem(context, citation);
  if (found === undefined) return [];
  return [{ path, message: `${citation.text}: ${found.problem}`, severity: found.weak ? "warning" : "error" }];
}
