/** Steps of the workflow that a procedure becomes; the shape is that of workflow files (docs/workflows.md). */
import { documentPath, type WrittenKind } from "../documents/layout.ts";
import {
  AGREE_CODE_GOAL,
  AGREE_DESIGN_GOAL,
  CODE_GOAL,
  documentGoal,
  messageGoal,
  REVIEW_GOAL,
  TESTS_GOAL,
} from "./goals.ts";
import type { Piece } from "./order.ts";
import { CHECK_DESIGN, PROJECT_TESTS, READ_DOCUMENT, STALE_DOCUMENTS, WRITE_DOCUMENT } from "./tool-names.ts";

/** One step, as YAML has it. */
export interface CompiledStep {
  readonly id: string;
  readonly description?: string;
  readonly needs?: readonly string[];
  readonly when?: string;
  readonly agent?: Readonly<Record<string, unknown>>;
  readonly tool?: { readonly name: string; readonly input: Readonly<Record<string, unknown>> };
  readonly gate?: Readonly<Record<string, unknown>>;
  readonly set?: Readonly<Record<string, unknown>>;
  readonly loop?: { readonly max: number; readonly until: string; readonly steps: readonly CompiledStep[] };
  readonly forEach?: Readonly<Record<string, unknown>>;
  readonly onError?: "continue";
}

const APPROVE = "approve";
const SEND_BACK = "send back";

interface Place {
  readonly id: string;
  readonly needs: readonly string[];
  readonly told: ReadonlyMap<string, string>;
  /** It stands in a loop, whose later rounds make again only what is out of date. */
  readonly isAgain?: boolean;
}

interface DocumentPlace extends Place {
  readonly kind: WrittenKind;
  readonly stem: string;
  readonly rounds: number;
  /** A person decides on it. */
  readonly isAsked: boolean;
}

export function requirementStep(): CompiledStep {
  return {
    id: "requirement",
    description: "The user's words, as the first document.",
    tool: { name: WRITE_DOCUMENT, input: { kind: "requirement", content: `\${{ inputs.idea }}` } },
  };
}

/** A role writes; a person approves, changes it, or sends it back with remarks. */
export function documentStep({ role, from }: Piece, place: DocumentPlace): CompiledStep {
  const { id, kind, needs, stem, rounds, isAsked, isAgain = false, told } = place;
  const path = documentPath(kind, stem);
  const goal = documentGoal(kind, from, { isAsked, told });
  const agent = { agent: role.name, goal, writes: [path] };
  const description = `${role.title} writes ${kind}`;
  const common = {
    needs,
    ...(isAgain ? { when: `index == 0 || last.value.exists(path, path == "${path}")` } : {}),
  };
  if (!isAsked) return { id, description, ...common, agent };
  return {
    id,
    description: `${description}, until it is approved`,
    ...common,
    loop: {
      max: rounds,
      until: `steps["${id}-gate"].output.answer == "${APPROVE}"`,
      steps: [
        { id: `${id}-write`, description, agent },
        {
          id: `${id}-gate`,
          description: `Is ${kind} as it should be?`,
          gate: {
            ask: `The ${role.title.toLowerCase()} wrote ${path}. Approve it, or send it back and say what should be different? You may change it yourself before you approve.`,
            choices: [APPROVE, SEND_BACK],
            words: SEND_BACK,
            default: APPROVE,
            document: path,
          },
        },
      ],
    },
  };
}

/** A role says something to others; nothing of it is written. */
export function messageStep({ role, makes, from }: Piece, { id, needs, told, isAgain = false }: Place): CompiledStep {
  return {
    id,
    description: `${role.title}: ${makes}`,
    needs,
    ...(isAgain ? { when: "index == 0" } : {}),
    agent: { agent: role.name, goal: messageGoal(makes, from, told) },
  };
}

/** Each file of the task list in its order: written, reviewed, written again where the review asks for it. */
export function codeSteps({ role }: Piece, { reviews }: { readonly reviews: number }): CompiledStep[] {
  const last = Math.max(1, reviews) - 1;
  return [
    {
      id: "files",
      description: "The files of the task list, each after those that it needs.",
      tool: { name: READ_DOCUMENT, input: { kind: "task", part: "files" } },
    },
    {
      id: "code",
      description: `${role.title} writes each file`,
      forEach: {
        in: "steps.files.output.value.files",
        as: "file",
        maxConcurrency: 1,
        steps: [
          {
            id: "code-file",
            loop: {
              max: last + 1,
              until: `steps["code-review"].output.text.contains("LGTM") || index >= ${last}`,
              steps: [
                {
                  id: "code-write",
                  description: "Write the file",
                  agent: {
                    agent: role.name,
                    goal: CODE_GOAL,
                    mayChange: `\${{ file.mayChange }}`,
                    writes: [`\${{ index == 0 ? file.file : '' }}`],
                  },
                },
                {
                  id: "code-review",
                  description: "Review the file",
                  agent: { agent: role.name, readOnly: true, goal: REVIEW_GOAL },
                },
              ],
            },
          },
        ],
      },
    },
  ];
}

/**
 * Where design and code agreed before: what this change made of one and not of the other is brought up to date, the design by
 * its role, code by the engineer.
 */
export function agreeStep(engineer: string, designer: string | undefined): CompiledStep {
  const said = `steps["agree-look"].output.value`;
  const design: CompiledStep[] =
    designer === undefined
      ? []
      : [
          {
            id: "agree-design",
            description: "The design follows the code",
            when: `${said}.design`,
            agent: { agent: designer, goal: AGREE_DESIGN_GOAL },
          },
        ];
  return {
    id: "agree",
    description: "What of the design and the code no longer fits the other?",
    loop: {
      max: 2,
      until: `!${said}.isStale || index >= 1`,
      steps: [
        { id: "agree-look", tool: { name: STALE_DOCUMENTS, input: { of: "code" } } },
        ...design,
        {
          id: "agree-code",
          description: "The code follows the design",
          forEach: {
            in: `${said}.files`,
            as: "path",
            maxConcurrency: 1,
            steps: [
              {
                id: "agree-file",
                agent: { agent: engineer, goal: AGREE_CODE_GOAL, mayChange: [`\${{ path }}`] },
              },
            ],
          },
        },
      ],
    },
  };
}

/** Looks at all that was built of a UI design, keeps the pictures, and what design and code were when they agreed. */
export function pagesStep(): CompiledStep {
  return {
    id: "pages",
    description: "What was built of the UI design, in a browser",
    tool: { name: CHECK_DESIGN, input: {} },
    onError: "continue",
  };
}

/** Tests are written and run; while they fail, they or the code are mended, so often at most. */
export function testsStep({ role }: Piece, { testRounds }: { readonly testRounds: number }): CompiledStep {
  const last = Math.max(1, testRounds) - 1;
  return {
    id: "tests",
    description: `${role.title} writes tests and runs them`,
    loop: {
      max: last + 1,
      until: `steps["tests-end"].output.passed || index >= ${last}`,
      steps: [
        {
          id: "tests-scope",
          tool: { name: READ_DOCUMENT, input: { kind: "task", part: "tests" } },
        },
        {
          id: "tests-write",
          description: "Write or mend tests",
          agent: {
            agent: role.name,
            goal: TESTS_GOAL,
            mayChange: `\${{ steps["tests-scope"].output.value }}`,
          },
        },
        { id: "tests-run", description: "The project's own tests", tool: { name: PROJECT_TESTS, input: {} } },
        {
          id: "tests-note",
          description: "What the tests said, as a document",
          tool: {
            name: WRITE_DOCUMENT,
            input: { kind: "test_output", content: `\${{ steps["tests-run"].output.value.document }}` },
          },
        },
        {
          id: "tests-end",
          set: {
            passed: `\${{ steps["tests-run"].output.value.passed }}`,
            report: `\${{ steps["tests-run"].output.value.report }}`,
          },
        },
      ],
    },
  };
}
