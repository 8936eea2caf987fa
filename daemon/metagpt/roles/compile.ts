/** The procedure of some roles as an ordinary workflow. */
import { stringify } from "yaml";
import { nexusError } from "../../../protocol/index.ts";
import { writtenKind } from "./kinds.ts";
import { orderOf, type Piece } from "./order.ts";
import type { Role } from "./role.ts";
import {
  agreeStep,
  type CompiledStep,
  codeSteps,
  documentStep,
  messageStep,
  pagesStep,
  requirementStep,
  testsStep,
} from "./steps.ts";
import { STALE_DOCUMENTS } from "./tool-names.ts";

export interface SopOptions {
  /** Links the documents of one procedure: the time, as `20261128051500`. */
  readonly stem: string;
  /** Refines a project that is there. */
  readonly incremental: boolean;
  /** Subjects that are there already, beside the requirement; default none. */
  readonly given?: readonly string[];
  /** How often a person may send one document back. Default 8. */
  readonly rounds?: number;
  /** How often one file is written and reviewed. Default 2, as MetaGPT does. */
  readonly reviews?: number;
  /** How often tests are written or mended, and run. Default 5. */
  readonly testRounds?: number;
}

export interface CompiledSop {
  /** The workflow's file. */
  readonly text: string;
  readonly workflow: CompiledWorkflow;
}

export interface CompiledWorkflow {
  readonly name: string;
  readonly description: string;
  readonly inputs: Readonly<
    Record<string, { readonly type: string; readonly default?: unknown; readonly description: string }>
  >;
  readonly steps: readonly CompiledStep[];
}

/** After so many rounds in which people change what others build on, the procedure goes on with what there is. */
const MOST_ROUNDS_OF_ALL = 4;

/** Throws `workflow.invalid` with all that is wrong with the subscriptions. */
export function compileSop(roles: readonly Role[], options: SopOptions): CompiledSop {
  const { stem, incremental, given = [] } = options;
  const order = orderOf(roles, { given: ["requirement", ...given], incremental });
  if (!order.ok) throw nexusError("workflow.invalid", order.problems.join(" "));
  const early = earlyPieces(order.pieces);
  const hasUi = given.includes("ui_design") || order.pieces.some(({ makes }) => makes === "ui_design");
  const designer = order.pieces.find(({ makes }) => makes === "ui_design")?.role.name;
  const late = order.pieces.filter((piece) => !early.includes(piece));
  refuseLostMessages(early, late, incremental);
  const limits = { rounds: 8, reviews: 2, testRounds: 5, ...options };
  const planned = early.map((piece) => ({ ...stepOf(piece, early, { ...limits, isAsked: true }) }));
  const steps: CompiledStep[] = [
    requirementStep(),
    ...(planned.length === 0 ? [] : [documentsLoop(planned)]),
    ...late.flatMap((piece) => lateSteps(piece, late, { ...limits, hasUi, designer })),
  ];
  const workflow: CompiledWorkflow = {
    name: "metagpt-sop",
    description: `${order.pieces.map(({ role, makes }) => `${role.title}: ${makes}`).join(" → ")}`,
    inputs: {
      idea: { type: "string", description: "What is to be built, or changed." },
      stem: { type: "string", default: stem, description: "The name that links the documents." },
      incremental: { type: "boolean", default: incremental, description: "It refines a project that is there." },
    },
    steps,
  };
  return { text: stringify(workflow, { lineWidth: 120, aliasDuplicateObjects: false }), workflow };
}

/** Documents, and what is said for them, up to the code: what a person may still change everything in. */
function earlyPieces(pieces: readonly Piece[]): Piece[] {
  const early: Piece[] = [];
  for (const piece of pieces) {
    const isPlanned = piece.after.every((subject) => early.some(({ makes }) => makes === subject));
    const isWork = piece.makes === "code" || piece.makes === "test_output" || piece.makes === "code_summary";
    if (isPlanned && !isWork) early.push(piece);
  }
  return early;
}

/** What is said while documents are made ends with them. */
function refuseLostMessages(early: readonly Piece[], late: readonly Piece[], incremental: boolean): void {
  for (const { role, from } of late)
    for (const subject of from)
      if (writtenKind(subject, incremental) === undefined && early.some(({ makes }) => makes === subject))
        throw nexusError(
          "workflow.invalid",
          `The role “${role.name}” works after the code and watches “${subject}”, which is only said before it. Let it watch a document.`,
        );
}

type Limits = Required<Pick<SopOptions, "rounds" | "reviews" | "testRounds">> & SopOptions;

function stepOf(piece: Piece, among: readonly Piece[], options: Limits & { readonly isAsked: boolean }): CompiledStep {
  const needs = piece.after.filter((subject) => among.some(({ makes }) => makes === subject)).map(idOf);
  const kind = writtenKind(piece.makes, options.incremental);
  const told = toldBy(piece, among, options.incremental);
  const again = options.isAsked ? { isAgain: true } : {};
  if (kind === undefined) return messageStep(piece, { id: idOf(piece.makes), needs, told, ...again });
  return documentStep(piece, { ...options, id: idOf(piece.makes), kind, needs, told, ...again });
}

/** What the roles before said, as far as it can be seen where the piece stands. */
function toldBy(piece: Piece, among: readonly Piece[], incremental: boolean): ReadonlyMap<string, string> {
  const messages = piece.from.filter(
    (subject) =>
      subject !== "code" &&
      writtenKind(subject, incremental) === undefined &&
      among.some(({ makes }) => makes === subject),
  );
  return new Map(
    messages.map((subject) => {
      const said = `steps["${idOf(subject)}"].output`;
      return [subject, `\${{ ${said} == null ? '' : '${subject}: ' + ${said}.text }}`];
    }),
  );
}

/** Only a project that is there has a design and code that agreed before. */
function uiSteps({ role }: Piece, { hasUi, incremental, designer }: LateOptions): CompiledStep[] {
  if (!hasUi) return [];
  return [...(incremental ? [agreeStep(role.name, designer)] : []), pagesStep()];
}

interface LateOptions extends Limits {
  readonly hasUi: boolean;
  /** Who makes the UI design; undefined: nobody does now. */
  readonly designer: string | undefined;
}

function lateSteps(piece: Piece, late: readonly Piece[], options: LateOptions): CompiledStep[] {
  if (piece.makes === "code") return [...codeSteps(piece, options), ...uiSteps(piece, options)];
  if (piece.makes === "test_output") return [testsStep(piece, options)];
  const { needs: _, ...step } = stepOf(piece, late, { ...options, isAsked: false });
  return [step];
}

/**
 * Every document once; then again those that were made from another version than there is now, until none is. A person's
 * change of an early document reaches the later ones that way.
 */
function documentsLoop(steps: readonly CompiledStep[]): CompiledStep {
  const stale: CompiledStep = {
    id: "stale",
    description: "Which documents were made from an older version of another?",
    needs: steps.map(({ id }) => id),
    tool: { name: STALE_DOCUMENTS, input: {} },
  };
  return {
    id: "documents",
    description: "The documents, each decided on by a person.",
    loop: {
      max: MOST_ROUNDS_OF_ALL,
      until: `size(steps.stale.output.value) == 0 || index >= ${MOST_ROUNDS_OF_ALL - 1}`,
      steps: [...steps, stale],
    },
  };
}

/** A workflow's ids have letters, digits, dashes and underscores. */
function idOf(subject: string): string {
  return subject
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, "-")
    .replace(/^[^a-z]+/, "m-")
    .slice(0, 30);
}
