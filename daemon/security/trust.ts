/** Whom the user trusts: folders by their real path, each bound to what it would configure and run. */
import type { WorkspaceTrust } from "../../protocol/index.ts";
import { NexusError, nexusError } from "../../protocol/index.ts";
import type { Clock } from "../host/clock.ts";
import { realPath } from "../host/files.ts";
import type { Log } from "../observability/log.ts";
import type { TrustRows } from "../store/store.ts";
import type { Audit } from "./audit/record.ts";
import { type Configuration, changedFiles, readConfiguration } from "./executable-configuration.ts";
import { UNTAINTED } from "./taint.ts";

export interface TrustDecision {
  readonly trusted: boolean;
  /** Who: `client:<name>`, `nexus`. */
  readonly by: string;
  readonly why: string;
  /** The hash that was shown; another one now refuses with `trust.changed`. */
  readonly hash?: string | undefined;
}

export interface Trust {
  /** Rejects with `workspace.missing`. A decision that cannot be read counts as none that trusts. */
  look(workspace: string): Promise<WorkspaceTrust>;
  decide(workspace: string, decision: TrustDecision): Promise<WorkspaceTrust>;
}

export interface TrustOptions {
  readonly rows: TrustRows;
  readonly audit: Audit;
  readonly clock: Pick<Clock, "iso">;
  readonly log: Log;
}

interface Decided {
  readonly trusted: boolean;
  readonly files: Readonly<Record<string, string>>;
  readonly hash: string;
  readonly at: string;
  readonly by: string;
  readonly why: string;
}

export function createTrust({ rows, audit, clock, log }: TrustOptions): Trust {
  async function known(workspace: string): Promise<Decided | undefined> {
    try {
      const body = await rows.get(workspace);
      return body === undefined ? undefined : JSON.parse(body);
    } catch (error) {
      if (!(error instanceof NexusError && error.value.code === "store.corrupt")) throw error;
      log.write("error", "what was decided about a folder cannot be read", { workspace, error: error.value });
      const decided = { trusted: false, files: {}, hash: "", at: clock.iso(), by: "nexus" };
      return { ...decided, why: "What was decided earlier is damaged." };
    }
  }

  async function look(path: string): Promise<WorkspaceTrust> {
    const workspace = await placeOf(path);
    const [configuration, decided] = await Promise.all([readConfiguration(workspace), known(workspace)]);
    return answerOf(workspace, configuration, decided);
  }

  return {
    look,
    async decide(path, { trusted, by, why, hash }) {
      const workspace = await placeOf(path);
      const configuration = await readConfiguration(workspace);
      if (hash !== undefined && hash !== configuration.hash) throw nexusError("trust.changed");
      if (trusted && configuration.problem !== undefined)
        throw nexusError("trust.unbound", `${configuration.problem}.`);
      const files = Object.fromEntries(configuration.files.map((file) => [file.path, file.hash]));
      const decided = { trusted, files, hash: configuration.hash, at: clock.iso(), by, why };
      const action = `${workspace} with ${configuration.files.length} files, hash ${configuration.hash}`;
      const told = { event: "trust" as const, actor: by, runId: null, action, rule: null, reason: why };
      await audit.record({
        ...told,
        ...{ verdict: trusted ? "approved" : "rejected", approvalHash: hash ?? null, taint: UNTAINTED },
      });
      await rows.put({ workspace, body: JSON.stringify(decided) });
      return answerOf(workspace, configuration, decided);
    },
  };
}

async function placeOf(path: string): Promise<string> {
  return realPath(path).catch(() => {
    throw nexusError("workspace.missing", path);
  });
}

function answerOf(workspace: string, configuration: Configuration, decided: Decided | undefined): WorkspaceTrust {
  const files = configuration.files.map(({ path, why }) => ({ path, why }));
  const base = { workspace, hash: configuration.hash, files };
  if (decided === undefined) return { ...base, state: "undecided", changed: [], decided: null };
  const { at, by, why } = decided;
  if (!decided.trusted) return { ...base, state: "untrusted", changed: [], decided: { at, by, why } };
  const isSame = decided.hash === configuration.hash && configuration.problem === undefined;
  const changed = isSame ? [] : changedFiles(decided.files, configuration.files);
  return { ...base, state: isSame ? "trusted" : "changed", changed, decided: { at, by, why } };
}
