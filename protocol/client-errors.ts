/** The part of the error catalogue that is about requests to a client, and about frames. */
import type { ErrorEntry } from "./error-entry.ts";

export const CLIENT_ERRORS = {
  "client.incapable": { message: "No connected client can do this.", hint: "Connect one that can, then try again." },
  "client.gone": { message: "The client went away before it answered.", hint: "Connect it again, then try again." },
  "client.timeout": { message: "The client did not answer in time.", hint: "See whether it hangs; then try again." },
  "client.busy": { message: "The client has too much to answer already.", hint: "Try again in a moment." },
  "client.failed": { message: "The client could not do it.", hint: "The message holds its own words." },
  "frame.malformed": {
    message: "The message is no JSON-RPC 2.0 request, notification or batch.",
    hint: "Compare it with docs/protocol.md.",
  },
  "frame.answers_too_large": {
    message: "The answers to the batch are larger than 8 MiB together.",
    hint: "It was done, but its answer was dropped: ask again on its own.",
  },
} as const satisfies Record<string, ErrorEntry>;
