/** The commands' names, apart from what they do, so that they can be registered without loading it. */
export const COMMAND_NAMES = [
  "nexus.runTask",
  "nexus.askQuestion",
  "nexus.planGoal",
  "nexus.openRun",
  "nexus.openActiveRun",
  "nexus.loadMoreRuns",
  "nexus.refreshRuns",
  "nexus.cancelRun",
  "nexus.resumeRun",
  "nexus.acceptChanges",
  "nexus.discardChanges",
  "nexus.openDiff",
  "nexus.setKey",
  "nexus.removeKey",
  "nexus.showLog",
  "nexus.restartDaemon",
  "nexus.runDoctor",
] as const;

export type CommandName = (typeof COMMAND_NAMES)[number];
