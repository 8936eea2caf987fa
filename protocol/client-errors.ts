/** The part of the error catalogue that is about requests to a client, and about frames. */
import type { ErrorEntry } from "./error-entry.ts";

export const CLIENT_ERRORS = {
  "client.incapable": { message: "No connected client can do this.", hint: "Connect one that can, then try again." },
  "client.gone": { message: "The client went away before it answered.", hint: "Connect it again, then try again." },
  "client.timeout": { message: "The client did not answer in time.", hint: "See whether it hangs; then try again." },
  "client.busy": { message: "The client has too much to answer already.", hint: "Try again in a moment." },
  "client.failed": { message: "The client could not do it.", hint: "The message holds its own words." },
} as const satisfies Record<string, ErrorEntry>;
