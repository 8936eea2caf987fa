import { type FieldCheck, type FieldContext, type FieldFinding, type FieldResult, resultOf } from "./field-check.ts";
import { type Mutant, mutatorOf } from "./mutation/mutants.ts";
import { MUTATION_LIMITS, type MutationResult, runMutants } from "./mutation/run-mutants.ts";
import { testCommandFor, testFiles } from "./test-runs.ts";
import { touchedLines } from "./touched-lines.ts";

/** Some faults change nothing that could be noticed, so not all need be. */
const ENOUGH = 0.8;

export const mutantsKilled: FieldCheck = {
  name: "mutants-killed",
  description: "Small faults in the touched lines make a test fail.",
  appliesTo: (changed) => testFiles(changed).length > 0,
  async run(context) {
    if (context.testsFirst) return resultOf([], "the code is not there yet");
    if (context.run === undefined || context.grammars === undefined)
      return resultOf([], "nothing of the workspace may be run");
    const mutants = await mutantsOf(context, context.grammars);
    if (mutants.length === 0) return resultOf([], "no line was touched into which a fault could be put");
    const command = await testCommandFor(context.root, testFiles(context.changed));
    if (command === undefined) return resultOf([], "no way to run the tests was found");
    return judged(await runMutants(context, { mutants, command }), mutants.length);
  },
};

async function mutantsOf(context: FieldContext, grammars: string): Promise<Mutant[]> {
  const mutator = mutatorOf(grammars);
  const files = await touchedLines(context);
  const found = await Promise.all(files.map(({ path, text, lines }) => mutator.mutantsOf(path, text, lines)));
  return takeTurns(found.map((mutants) => mutants ?? []));
}

/** The first of each file, then the second: a bounded number reaches all files. */
function takeTurns(lists: readonly (readonly Mutant[])[]): Mutant[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, round) => lists.flatMap((list) => list.slice(round, round + 1))).flat();
}

function judged({ survived, killed, problem }: MutationResult, all: number): FieldResult {
  if (problem !== undefined) return resultOf([], problem);
  const tried = survived.length + killed;
  const isEnough = tried === 0 || killed / tried >= ENOUGH;
  const more = all > MUTATION_LIMITS.most ? `, of ${all} that there could be` : "";
  const severity = isEnough ? "warning" : "error";
  const findings = survived.map((mutant) => findingOf(mutant, severity));
  return resultOf(findings, `${killed} of ${tried} faults noticed${more}`);
}

/** What is told of a fault that no test noticed. */
export function findingOf(
  { path, line, operator, before, after }: Mutant,
  severity: FieldFinding["severity"],
): FieldFinding {
  const fault = operator === "remove statement" ? `without \`${before}\`` : `with \`${after}\` for \`${before}\``;
  return { path, line, message: `No test fails ${fault} (${operator}).`, severity };
}
