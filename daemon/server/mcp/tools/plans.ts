/** Tools that look at plans, design documents and what waits for a person. */
import * as z from "zod/mini";
import { DesignDocument, type DesignSource, nexusError, planHistory, planShow } from "../../../../protocol/index.ts";
import { subjectText } from "../approval-text.ts";
import { type Desk, runOf } from "../desk.ts";
import { count, folder, runId, text } from "./fields.ts";
import { type Tool, tool } from "./tool.ts";

const MOST_DOCUMENT = 200_000;
const from = {
  runId: z.optional(text("The run that writes them; left out: those of the folder.", 80)),
  project: z.optional(text("A folder inside the served one that holds the documents.", 500)),
  folder,
};

export interface DocumentPlace {
  readonly runId?: string | undefined;
  readonly project?: string | undefined;
  readonly folder?: string | undefined;
}

/** The documents of a run or a folder that may be asked about. */
export async function documentsOf(
  desk: Desk,
  { runId: id, project, folder: wanted }: DocumentPlace,
  signal?: AbortSignal,
) {
  const options = signal === undefined ? {} : { signal };
  if (id !== undefined) await runOf(desk, id, signal);
  const workspace = await desk.folders().resolve(wanted);
  const inFolder = { workspace, ...(project === undefined ? {} : { folder: project }) };
  const source: DesignSource = id === undefined ? inFolder : { runId: id };
  const { view } = await desk.links.looking.request("design/read", { source }, options);
  return view;
}

/** What waits for a person, of runs that may be asked about. */
export async function openApprovals(desk: Desk, signal?: AbortSignal) {
  const options = signal === undefined ? {} : { signal };
  const { approvals } = await desk.links.looking.request("approval/list", {}, options);
  const covered = await Promise.all(
    approvals.map((each) =>
      runOf(desk, each.runId, signal)
        .then(() => [each])
        .catch(() => []),
    ),
  );
  return covered.flat();
}

export function documentText({ content, text: asWritten }: z.infer<typeof DesignDocument>): string {
  const whole = asWritten ?? (typeof content === "string" ? content : JSON.stringify(content, null, 2));
  return whole.slice(0, MOST_DOCUMENT);
}

export function planTools(desk: Desk): Tool[] {
  const { looking } = desk.links;
  return [
    tool({
      name: "show_plan",
      title: "Plan of a run",
      description: "The plan of a run as it stands now: tasks, acceptance, estimates, and what each took so far.",
      input: z.strictObject({ runId }),
      output: planShow.result,
      async call(params, { signal }) {
        await runOf(desk, params.runId, signal);
        return looking.request("plan/show", params, { signal });
      },
    }),
    tool({
      name: "plan_history",
      title: "How plans fared",
      description: "What tasks of the folder's plans were thought to take and what they took, newest first.",
      input: z.strictObject({ limit: count("How many tasks; default 50.", 500), folder }),
      output: planHistory.result,
      async call({ folder: wanted, limit = 50 }, { signal }) {
        const workspace = await desk.folders().resolve(wanted);
        return looking.request("plan/history", { workspace, limit }, { signal });
      },
    }),
    tool({
      name: "list_documents",
      title: "Design documents",
      description: "Requirements, designs and task lists of the folder, or of a run that writes them.",
      input: z.strictObject(from),
      output: z.object({
        project: z.string(),
        documents: z.array(z.omit(DesignDocument, { content: true, text: true })),
        problems: z.array(z.string()),
      }),
      call: (params, { signal }) => documentsOf(desk, params, signal),
    }),
    tool({
      name: "read_document",
      title: "Read a design document",
      description: "One of list_documents, as a text: JSON for those that are JSON.",
      input: z.strictObject({ ...from, path: text("Its path, as list_documents gives it.", 500) }),
      output: z.object({ path: z.string(), kind: z.string(), title: z.string(), text: z.string() }),
      async call({ path, ...place }, { signal }) {
        const { documents } = await documentsOf(desk, place, signal);
        const document = documents.find((each) => each.path === path);
        if (document === undefined) throw nexusError("design.none", `There is no document ${path}.`);
        return { path, kind: document.kind, title: document.title, text: documentText(document) };
      },
    }),
    tool({
      name: "list_approvals",
      title: "What waits for a person",
      description:
        "Open approvals of all runs in the served folders, oldest first, with what exactly would be allowed.",
      input: z.strictObject({}),
      output: z.object({
        approvals: z.array(
          z.object({
            runId: z.string(),
            approvalId: z.string(),
            title: z.string(),
            reason: z.string(),
            subject: z.string(),
            expiresAt: z.optional(z.string()),
          }),
        ),
      }),
      async call(_, { signal }) {
        const open = await openApprovals(desk, signal);
        return {
          approvals: open.map(({ runId: id, approval }) => ({
            ...approval,
            runId: id,
            subject: subjectText(approval),
          })),
        };
      },
    }),
  ];
}
