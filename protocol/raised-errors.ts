/**
 * The errors that a client raises itself. Apart from the catalogue because the extension loads them before its first command:
 * the words of every other error reach a client with the daemon's answer.
 */
import type { ErrorEntry } from "./error-entry.ts";

export const RAISED_ERRORS = {
  "request.cancelled": { message: "The request was cancelled.", hint: "Send it again if it is still wanted." },
  "handshake.impostor": {
    message: "What answers at the daemon's address does not know the daemon's token.",
    hint: "Another program holds the socket. Run `nexus doctor`, then `nexus daemon start`.",
    action: "runDoctor",
  },
  "daemon.unreachable": {
    message: "The daemon could not be started or reached.",
    hint: "Run `nexus doctor`; `nexus daemon logs` shows why it stopped.",
    action: "showLogs",
  },
  "daemon.node_too_old": {
    message: "This Node.js is too old for Nexus.",
    hint: "Install Node.js 22.13 or newer, or point the setting `nexus.nodePath` at one.",
    action: "openSettings",
  },
  "run.internal": {
    message: "Something inside Nexus went wrong.",
    hint: "The run's state is kept. `nexus daemon logs` has the details; please report it.",
    action: "showLogs",
  },
  "design.no_file": {
    message: "The project holds no such file: it is designed and not built yet, or it lies outside the folder.",
    hint: "Its task on the board says how far it is; files outside the folder are not opened from a design.",
  },
  "design.own_choices": {
    message: "The question about this document has choices of its own, and none says that it is approved.",
    hint: "Open the run and answer its question there.",
  },
} as const satisfies Record<string, ErrorEntry>;

export type RaisedCode = keyof typeof RAISED_ERRORS;

/** An expected failure as a value: safe to show, to log and to send. */
export interface ErrorValue {
  code: string;
  message: string;
  hint: string;
  action?: string | undefined;
}

/** Carries an error value through code that can only throw; caught at the dispatcher, the tool gate and the run's end. */
export class NexusError extends Error {
  readonly value: ErrorValue;

  constructor(value: ErrorValue, options?: ErrorOptions) {
    super(value.message, options);
    this.name = "NexusError";
    this.value = value;
  }
}

/** `detail` says what exactly was wrong this time. */
export function clientError(code: RaisedCode, detail?: string, options?: ErrorOptions): NexusError {
  return new NexusError(describe(code, RAISED_ERRORS[code], detail), options);
}

export function describe(code: string, { message, hint, action }: ErrorEntry, detail = ""): ErrorValue {
  return {
    code,
    message: detail === "" ? message : `${message} ${detail}`,
    hint,
    ...(action === undefined ? {} : { action }),
  };
}
