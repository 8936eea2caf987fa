/** What a client may offer next to the message. */
export type ErrorAction = "setKey" | "openSettings" | "showLogs" | "restartDaemon" | "resumeRun" | "runDoctor";

export interface ErrorEntry {
  readonly message: string;
  readonly hint: string;
  readonly action?: ErrorAction;
}
