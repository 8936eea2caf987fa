/** The table of all messages, and the types derived from it. */
import type * as z from "zod/mini";
import * as agents from "./agent-card.ts";
import * as approvals from "./approval-watch.ts";
import * as audit from "./audit.ts";
import * as clients from "./client-requests.ts";
import * as daemon from "./daemon.ts";
import * as design from "./design/requests.ts";
import * as handshake from "./handshake.ts";
import * as memory from "./memory.ts";
import * as about from "./memory-about.ts";
import * as facts from "./memory-facts.ts";
import * as graph from "./memory-graph.ts";
import * as search from "./memory-search.ts";
import * as plan from "./plan-requests.ts";
import * as presence from "./presence.ts";
import * as replay from "./replay.ts";
import * as reverse from "./reverse.ts";
import * as rewind from "./rewind-requests.ts";
import * as run from "./run.ts";
import * as session from "./session.ts";
import * as task from "./task-requests.ts";
import * as tools from "./tools.ts";
import * as workflow from "./workflow-requests.ts";
import * as workspace from "./workspace.ts";

export const REQUESTS = [
  handshake.handshakeHello,
  handshake.handshakeProve,
  daemon.daemonStatus,
  daemon.daemonStop,
  daemon.daemonCheck,
  daemon.requestCancel,
  daemon.modelConfigure,
  clients.modelPiece,
  tools.toolsList,
  agents.agentList,
  agents.agentCard,
  run.runStart,
  run.runPrompt,
  run.runList,
  run.runShow,
  run.runEvents,
  run.runWatch,
  run.runUnwatch,
  run.runCancel,
  run.runResume,
  session.sessionCreate,
  session.sessionList,
  session.sessionShow,
  session.sessionUpdate,
  session.sessionDelete,
  task.taskCancel,
  task.taskPause,
  task.taskResume,
  run.approvalAnswer,
  run.questionAnswer,
  run.approvalList,
  approvals.approvalWatch,
  approvals.approvalUnwatch,
  presence.presenceList,
  presence.presenceWatch,
  presence.presenceUnwatch,
  run.changesDiff,
  run.changesFile,
  run.changesAccept,
  run.changesDiscard,
  run.changesTaken,
  plan.planShow,
  plan.planEdit,
  plan.planHistory,
  replay.runReplay,
  replay.runCompare,
  rewind.runCheckpoints,
  rewind.runCheckpointDiff,
  rewind.runRewind,
  rewind.runFork,
  rewind.runPrune,
  workflow.workflowList,
  workflow.workflowValidate,
  workflow.workflowStates,
  workflow.workflowCompare,
  workflow.workflowMigrate,
  workflow.workflowSchedules,
  workflow.workflowSchedule,
  workflow.workflowUnschedule,
  workspace.workspaceTrust,
  workspace.workspaceSetTrust,
  audit.auditList,
  design.designRead,
  design.designPicture,
  design.designSave,
  design.designExport,
  design.designProcedure,
  memory.memoryStatus,
  memory.memoryIndex,
  memory.memoryForget,
  memory.memoryUnsaved,
  memory.memoryEmbedding,
  memory.memoryLearn,
  search.memorySearch,
  search.memorySymbols,
  about.memoryAbout,
  graph.memoryUses,
  graph.memoryImpact,
  graph.memoryConnect,
  graph.memoryMap,
  graph.memoryPlace,
  graph.memoryFile,
  graph.memoryHotspots,
  facts.memoryFacts,
  facts.memoryFactAdd,
  facts.memoryFactEdit,
  facts.memoryFactConfirm,
  facts.memoryFactForget,
  facts.memoryFactsExport,
  facts.memoryFactsImport,
] as const;

export const NOTIFICATIONS = [
  daemon.daemonDraining,
  reverse.requestCancelled,
  run.runEvent,
  run.runDelta,
  run.runChanged,
  approvals.approvalChanged,
  presence.presenceChanged,
  memory.memoryProgress,
] as const;

type RequestUnion = (typeof REQUESTS)[number];
type NotificationUnion = (typeof NOTIFICATIONS)[number];

export type RequestName = RequestUnion["name"];
export type NotificationName = NotificationUnion["name"];
export type RequestOf<Name extends RequestName> = Extract<RequestUnion, { name: Name }>;
export type NotificationOf<Name extends NotificationName> = Extract<NotificationUnion, { name: Name }>;
export type Params<Name extends RequestName> = z.output<RequestOf<Name>["params"]>;
export type Answer<Name extends RequestName> = z.output<RequestOf<Name>["result"]>;
export type NotificationParams<Name extends NotificationName> = z.output<NotificationOf<Name>["params"]>;

/** One handler for every request but the handshake: a missing one is a compile error. */
export type Handlers<Context> = {
  readonly [Name in Exclude<RequestName, "handshake/hello" | "handshake/prove">]: (
    params: Params<Name>,
    context: Context,
  ) => Promise<Answer<Name>>;
};
