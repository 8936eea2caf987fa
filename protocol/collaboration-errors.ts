/** The part of the error catalogue that is about agents among themselves. */
import type { ErrorEntry } from "./error-entry.ts";

export const COLLABORATION_ERRORS = {
  "board.conflict": {
    message: "Somebody else has written this entry meanwhile.",
    hint: "Read it again with board_read, then write with the version that it has now.",
  },
  "board.invalid": {
    message: "This cannot stand on the blackboard.",
    hint: "Keys are short names, values JSON of at most 8 000 characters.",
  },
  "message.refused": {
    message: "The message was not sent.",
    hint: "Messages go to tasks of this run that have not ended.",
  },
  "wait.refused": {
    message: "This wait would never end.",
    hint: "Go on without the answer, or say with send_message what you need.",
  },
} as const satisfies Record<string, ErrorEntry>;
