/** What the gate needs to know of a call, and of the run around it. */
import type { ApprovalDecision, ApprovalSubject } from "../../../protocol/index.ts";
import type { Clock } from "../../host/clock.ts";
import type { Log } from "../../observability/log.ts";
import type { Access } from "../../security/access.ts";
import type { Audit } from "../../security/audit/record.ts";
import type { Judgement } from "../../security/judgement.ts";
import type { Taint } from "../../security/taint.ts";
import type { Tool, ToolContext } from "../tool.ts";
import type { EffectJournal } from "./journal-port.ts";
import type { LockTable } from "./locks.ts";

export interface GateCall {
  readonly callId: string;
  readonly tool: string;
  /** JSON as the model wrote it; it may not parse. */
  readonly argumentsText: string;
}

/** What the run has been in touch with so far; kept with the run. */
export interface TaintPort {
  read(): Taint | Promise<Taint>;
  /** Sets bits, never clears any; resolves when that is kept. */
  see(bits: Partial<Taint>): Promise<void>;
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
    /** Its parts and the rule that could be kept are shown with the question. */
    judgement: Judgement,
  ) => Promise<{
    readonly decision: ApprovalDecision;
    readonly feedback?: string | undefined;
  }>;
  /** Nobody can answer: what has to be asked is denied. */
  readonly headless?: boolean;
  /** Gets one record a decision, before the effect; when it cannot be written nothing happens. */
  readonly audit: Audit;
  /** Who acts and in which run, for the audit. */
  readonly actor: string;
  readonly runId: string;
  readonly taint: TaintPort;
  /** Shared by all calls that work in the same copy. */
  readonly locks: LockTable;
  readonly journal: EffectJournal;
  readonly redact: (text: string) => string;
  readonly log: Log;
  readonly clock: Clock;
}
