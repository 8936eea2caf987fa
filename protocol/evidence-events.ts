/** Events of the verification gate: what a task's claim of "done" rests on beside its acceptance command. */
import * as z from "zod/mini";
import { event } from "./event.ts";

export const TestFigures = z.object({ passed: z.int(), failed: z.int(), skipped: z.int() });
export type TestFigures = z.infer<typeof TestFigures>;

export const Proof = z.object({
  /** proved: something was measured and nothing speaks against it · unproved: nothing could be · refused: see `reasons`. */
  verdict: z.enum(["proved", "unproved", "refused"]),
  /** Of a refusal what must be mended; else why nothing was measured, or what was left out. */
  reasons: z.array(z.string()),
  acceptance: z.nullable(z.object({ command: z.string(), exitCode: z.nullable(z.int()), satisfied: z.boolean() })),
  /** Null: no type checker or linter was found, or none may run. */
  diagnostics: z.nullable(
    z.object({
      command: z.string(),
      before: z.int(),
      after: z.int(),
      /** At most 20. */
      fresh: z.array(z.object({ file: z.string(), line: z.int(), message: z.string() })),
    }),
  ),
  /** Null: nothing told of single tests. Names, at most 20 a list. */
  tests: z.nullable(
    z.object({
      command: z.string(),
      /** Null: not looked at, because no file of tests changed and nothing fails. */
      before: z.nullable(TestFigures),
      after: TestFigures,
      added: z.array(z.string()),
      removed: z.array(z.string()),
      /** Ran before, and are skipped now. */
      skipped: z.array(z.string()),
      /** Did not fail before. */
      failing: z.array(z.string()),
      fixed: z.array(z.string()),
    }),
  ),
  /** Of the lines that the task wrote: those that tests can reach, and those that they did. Null: not measured. */
  coverage: z.nullable(
    z.object({
      lines: z.int(),
      covered: z.int(),
      /** Lines that no test reached, at most 20 files: "3-7, 9". */
      uncovered: z.array(z.object({ file: z.string(), lines: z.string() })),
    }),
  ),
});
/** What a finished task rests on. */
export type Proof = z.infer<typeof Proof>;

export const EVIDENCE_EVENTS = [
  /** A task said that it is done, and this was found. */
  event("evidence.gathered", { taskId: z.string(), turn: z.int(), proof: Proof }),
  /** The project's tests ran on a state of the files; not run again on the same one. */
  event("tests.reported", {
    /** Git's name for all files together. */
    tree: z.string(),
    command: z.string(),
    exitCode: z.nullable(z.int()),
    durationMs: z.number(),
    /** The last 4 000 characters. */
    outputTail: z.string(),
    outputArtifact: z.nullable(z.string()),
    /** Null: nothing told of single tests. */
    figures: z.nullable(TestFigures),
    /** Content address of the list of tests with their outcomes, and of the lines that they reached. */
    artifact: z.nullable(z.string()),
  }),
] as const;
