/** The queue of approvals over all runs, told as it changes. */
import * as z from "zod/mini";
import { Approval, ApprovalDecision } from "./approval.ts";
import { notification, request } from "./message.ts";

export const approvalWatch = request(
  "approval/watch",
  "From now on this connection is told what waits for a person, over all runs (approval/changed): at once all, then what changes.",
  z.object({}),
  z.object({}),
);

export const approvalUnwatch = request("approval/unwatch", "Ends approval/watch.", z.object({}), z.object({}));

export const approvalChanged = notification(
  "approval/changed",
  "Approvals were opened or closed.",
  z.object({
    /** True: `opened` is the whole queue; what was known before and is not in it is closed. */
    whole: z.boolean(),
    opened: z.array(z.object({ runId: z.string(), approval: Approval })),
    closed: z.array(
      z.object({
        runId: z.string(),
        approvalId: z.string(),
        /** Left out where nobody answered: it expired, or the run ended. */
        decision: z.optional(ApprovalDecision),
        /** Who answered, as the run's log names them. */
        by: z.optional(z.string()),
      }),
    ),
  }),
);
