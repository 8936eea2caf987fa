/** Makes a run: checks the workspace, finds or makes its session, and records the first event. */
import type { ModelChoice, Params, PolicyRules, Taint, UnsavedPin } from "../../protocol/index.ts";
import { isEnded, mergeTaint, nexusError, pendingPaths } from "../../protocol/index.ts";
import type { Session } from "../store/store.ts";
import type { RunDependencies } from "./dependencies.ts";
import { pinnedImages } from "./prompt-images.ts";
import { taintOfSession } from "./rights/run-taint.ts";
import { type RunTrust, trustOfRun } from "./rights/run-trust.ts";
import type { Caller } from "./run-service.ts";
import { checkedWorkspace } from "./workspace.ts";

export interface NewRun {
  readonly params: Params<"run/start">;
  readonly model: ModelChoice;
  readonly budgetUsd: number | null;
}

/** `isNew` is false when the idempotency key had already made a run. */
export async function createRun(
  dependencies: RunDependencies,
  { params, model, budgetUsd }: NewRun,
  caller: Caller,
): Promise<{ runId: string; sessionId: string; isNew: boolean }> {
  const { store } = dependencies;
  const known = await store.projections.runOfKey(params.idempotencyKey);
  if (known !== undefined) return { ...known, isNew: false };
  const workspace = await checkedWorkspace(params.workspace);
  const session = await sessionOf(dependencies, params, workspace);
  const runId = dependencies.newId();
  const trust = await trustOfRun(dependencies, workspace, params, caller);
  const taint = mergeTaint(await taintOfSession(store, session.sessionId), {
    untrustedInput: params.origin === "outsider" || !trust.trusted,
  });
  const pinned = await pinnedOf(dependencies, workspace, params, trust);
  const unsaved = await unsavedOf(dependencies, { runId, workspace, texts: params.unsaved ?? [] });
  const images = pinnedImages(params.images ?? []);
  const prompt = dependencies.redactor.redact(params.prompt);
  const body = {
    type: "run.created" as const,
    sessionId: session.sessionId,
    workspace,
    prompt,
    mode: params.mode ?? session.mode,
    headless: params.headless,
    autoApply: params.autoApply ?? false,
    model,
    budgetUsd: leastOf(budgetUsd, pinned?.budgetUsd),
    policy: params.policy ?? (await userPolicy(dependencies, workspace)),
    continues: await pendingRunOf(dependencies, session.sessionId),
    trusted: trust.trusted,
    ...(params.priority === undefined ? {} : { priority: params.priority }),
    ...(unsaved === undefined ? {} : { unsaved }),
    ...(images.pins.length === 0 ? {} : { images: images.pins }),
    ...(params.kind === undefined ? {} : { asksFor: params.kind }),
  };
  const events = [
    { body, key: params.idempotencyKey },
    ...(isTainted(taint) ? [{ body: { type: "run.tainted" as const, taint, reason: whyTainted(params, trust) } }] : []),
    ...(trust.notice === undefined ? [] : [{ body: trust.notice }]),
    ...(prompt === params.prompt ? [] : [{ body: SECRET_PROMPT }]),
    ...(pinned === undefined ? [] : [{ body: pinned.body, key: "workflow" }]),
  ];
  await store.events.append(runId, events, [...(pinned === undefined ? [] : [pinned.bytes]), ...images.bytes]);
  return { runId, sessionId: session.sessionId, isNew: true };
}

async function unsavedOf(
  { changes }: RunDependencies,
  run: Parameters<RunDependencies["changes"]["keepUnsaved"]>[0],
): Promise<UnsavedPin | undefined> {
  return run.texts.length === 0 ? undefined : changes.keepUnsaved(run);
}

async function pinnedOf(
  dependencies: RunDependencies,
  workspace: string,
  { workflow }: Params<"run/start">,
  trust: RunTrust,
) {
  if (workflow === undefined) return undefined;
  const { pinWorkflow } = await import("./workflows/pin.ts");
  return pinWorkflow(dependencies, workspace, workflow, trust);
}

function leastOf(first: number | null, second: number | undefined): number | null {
  if (second === undefined) return first;
  return first === null ? second : Math.min(first, second);
}

const SECRET_PROMPT = {
  type: "run.noticed" as const,
  level: "warning" as const,
  code: "secret.removed",
  message:
    "Your words hold something that is or looks like a key or password. It was taken out; neither the model nor any log gets it.",
};

function isTainted(taint: Taint): boolean {
  return taint.untrustedInput || taint.privateData || taint.actedOutside;
}

function whyTainted({ origin }: Params<"run/start">, { trusted }: RunTrust): string {
  if (origin === "outsider") return "The prompt comes from somebody whom the user does not vouch for.";
  return trusted ? "Earlier runs of the session were." : "The workspace is not trusted.";
}

/** As it is written now: rules may have been kept since the daemon started. */
async function userPolicy({ policyPlace, defaults }: RunDependencies, workspace: string): Promise<PolicyRules> {
  return (await policyPlace?.tiers(workspace))?.user ?? defaults.policy;
}

async function sessionOf(
  dependencies: RunDependencies,
  params: Params<"run/start">,
  workspace: string,
): Promise<Session> {
  const { store, clock, newId } = dependencies;
  if (params.sessionId !== undefined) {
    const session = await store.sessions.get(params.sessionId);
    if (session === undefined) throw nexusError("session.unknown", params.sessionId);
    // Its conversation, and the rights that it was given, are about the files of its own folder.
    if (session.workspace !== workspace)
      throw nexusError("session.unknown", `${params.sessionId} is a session of another folder.`);
    return session;
  }
  const session = { sessionId: newId(), workspace, mode: params.mode ?? "act", createdAt: clock.iso() };
  await store.sessions.create(session);
  return session;
}

/** The session's last run whose change set still waits as a whole: a follow-up goes on from there. */
async function pendingRunOf(dependencies: RunDependencies, sessionId: string): Promise<string | null> {
  const { runs } = await dependencies.store.projections.listRuns({ sessionId, limit: 5 });
  for (const { runId } of runs) {
    const state = await dependencies.store.events.state(runId);
    if (state?.changes == null || !isEnded(state.status)) continue;
    return pendingPaths(state).length === state.changes.changeSet.files.length ? runId : null;
  }
  return null;
}
