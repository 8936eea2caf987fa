/** What the gate needs to know of a call, and of the run around it. */
import type { ApprovalDecision, ApprovalSubject } from "../../protocol/index.ts";
import type { Clock } from "../host/clock.ts";
import type { Log } from "../observability/log.ts";
import type { Access } from "../security/access.ts";
import type { Judgement } from "../security/judgement.ts";
import type { EffectJournal } from "./journal-port.ts";
import type { Tool, ToolContext } from "./tool.ts";

export interface GateCall {
  readonly callId: string;
  readonly tool: string;
  /** JSON as the model wrote it; it may not parse. */
  readonly argumentsText: string;
}

export interface GateOptions {
  /** Names the call in the journal: the same after a restart. */
  readonly key: string;
  readonly call: GateCall;
  /** What the model was offered; any other name is unknown. */
  readonly tools: readonly Tool[];
  readonly context: ToolContext;
  readonly judgeAccess: (access: Access) => Promise<Judgement>;
  /** Resolves when a person has answered; rejects with the signal's reason when the run stops. */
  readonly askApproval: (
    subject: ApprovalSubject,
    reason: string,
  ) => Promise<{ readonly decision: ApprovalDecision; readonly feedback?: string | undefined }>;
  readonly journal: EffectJournal;
  readonly redact: (text: string) => string;
  readonly log: Log;
  readonly clock: Clock;
}
