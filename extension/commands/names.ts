/** The commands' names, apart from what they do, so that they can be registered without loading it. */
const MEMORY_COMMAND_NAMES = [
  "nexus.searchMemory",
  "nexus.showImpact",
  "nexus.refreshMemory",
  "nexus.reindexMemory",
  "nexus.buildVectors",
  "nexus.pauseEmbedding",
  "nexus.resumeEmbedding",
  "nexus.showSkipped",
  "nexus.addFact",
  "nexus.editFact",
  "nexus.confirmFact",
  "nexus.forgetFact",
  "nexus.moreFacts",
  "nexus.openCode",
  "nexus.removeKept",
  "nexus.prepareTest",
] as const;

export type MemoryCommandName = (typeof MEMORY_COMMAND_NAMES)[number];

export const COMMAND_NAMES = [
  "nexus.runTask",
  "nexus.askQuestion",
  "nexus.planGoal",
  "nexus.runWorkflow",
  "nexus.designFeature",
  "nexus.openDesign",
  "nexus.importMetagpt",
  "nexus.openRun",
  "nexus.openActiveRun",
  "nexus.loadMoreRuns",
  "nexus.refreshRuns",
  "nexus.cancelRun",
  "nexus.resumeRun",
  "nexus.acceptChanges",
  "nexus.discardChanges",
  "nexus.openDiff",
  "nexus.showApprovals",
  "nexus.rewind",
  "nexus.forkRun",
  "nexus.undoRewind",
  "nexus.showAudit",
  "nexus.trustFolder",
  "nexus.setKey",
  "nexus.removeKey",
  "nexus.showLog",
  "nexus.restartDaemon",
  "nexus.runDoctor",
  ...MEMORY_COMMAND_NAMES,
] as const;

export type CommandName = (typeof COMMAND_NAMES)[number];
