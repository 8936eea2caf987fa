/** Whether a run may use what its workspace configures and runs, and what accepting a change does to that. */
import type { Params, RunEventBody, RunState, WorkspaceTrust } from "../../../protocol/index.ts";
import type { RunDependencies } from "../dependencies.ts";
import type { Caller } from "../run-service.ts";

export interface RunTrust {
  readonly trusted: boolean;
  readonly notice?: RunEventBody;
}

const MOST_NAMES = 5;

/**
 * What is recorded of the workspace holds, and a client may only lower it. A folder that nobody decided about is trusted at
 * its first use, because whoever starts a run names it by hand; not so when the prompt comes from an outsider.
 */
export async function trustOfRun(
  { trust }: Pick<RunDependencies, "trust">,
  workspace: string,
  { trusted, origin }: Pick<Params<"run/start">, "trusted" | "origin">,
  caller: Caller,
): Promise<RunTrust> {
  if (trusted === false) return untrusted("The run was started with the workspace as untrusted.");
  const found = await trust.look(workspace);
  switch (found.state) {
    case "trusted":
      return { trusted: true };
    case "untrusted":
      return untrusted("The workspace is not trusted. `nexus trust` changes that.");
    case "changed":
      return untrusted(`${changesOf(found)} Look at it, then run \`nexus trust\`.`);
    case "undecided":
      return origin === "outsider" ? untrusted("Nobody has decided to trust the workspace.") : firstUse();
  }

  async function firstUse(): Promise<RunTrust> {
    const why = "First use: a run was started in it by hand.";
    await trust.decide(workspace, { trusted: true, by: `client:${caller.name}`, why });
    return { trusted: true };
  }
}

/**
 * A change that a person accepts may change what trust is bound to: the folder then stays trusted, with what was accepted.
 * Called before the files are written; what it answers with is called after.
 */
export async function trustThrough(
  { trust, store }: Pick<RunDependencies, "trust" | "store">,
  { runId, workspace }: RunState,
  paths: readonly string[],
): Promise<() => Promise<void>> {
  const before = await trust.look(workspace);
  if (before.state !== "trusted") return async () => undefined;
  return async () => {
    const after = await trust.look(workspace);
    if (after.state !== "changed") return;
    const own = after.changed.filter((path) => paths.includes(path));
    // What somebody else changed meanwhile was accepted by nobody.
    if (own.length < after.changed.length) return;
    const message = `The accepted change holds what Nexus obeys or runs (${named(own)}); the folder stays trusted with it.`;
    await store.events.append(runId, [
      { body: { type: "run.noticed", level: "warning", code: "trust.kept", message } },
    ]);
    const why = `A change that a person accepted holds it (run ${runId}).`;
    await trust.decide(workspace, { trusted: true, by: "nexus", why, hash: after.hash });
  };
}

function untrusted(why: string): RunTrust {
  const message = `${why} Its tests and commands do not run, and its rules are not obeyed.`;
  return { trusted: false, notice: { type: "run.noticed", level: "warning", code: "workspace.untrusted", message } };
}

function changesOf({ changed }: WorkspaceTrust): string {
  return `The workspace was trusted, and what it configures or runs has changed since: ${named(changed)}.`;
}

function named(paths: readonly string[]): string {
  const more = paths.length > MOST_NAMES ? ` and ${paths.length - MOST_NAMES} more` : "";
  return `${paths.slice(0, MOST_NAMES).join(", ")}${more}`;
}
