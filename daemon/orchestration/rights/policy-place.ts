/** Whose rules count on this machine, read anew for each piece of work. */
import { NexusError, type PolicyRules } from "../../../protocol/index.ts";
import { packageFolder } from "../../host/packages.ts";
import { organisationPolicyFile, userHome } from "../../host/paths.ts";
import { compileWasmQuickly } from "../../host/wasm.ts";
import { grammarsBeside } from "../../memory/code/languages.ts";
import type { Log } from "../../observability/log.ts";
import { createCommandAnalyser } from "../../security/command/analyser.ts";
import type { CommandFacts } from "../../security/command/facts.ts";
import { loadOrganisation, loadUser, loadWorkspace } from "../../security/policy/load-tiers.ts";
import type { Tiers } from "../../security/policy/tiers.ts";
import { findSandbox } from "../../security/sandbox/find.ts";

/** What the composition root knows for all runs. */
export interface PolicyPlace {
  /** As they are written now, so that a rule that was just kept counts at once. */
  readonly tiers: (workspace: string) => Promise<Omit<Tiers, "run">>;
  readonly isSandboxed: () => Promise<boolean>;
  /** Left out: every command asks. */
  readonly analyse?: (line: string, place: AnalysisPlace) => Promise<CommandFacts>;
  /** Absolute folders that nobody looks into. */
  readonly hidden: readonly string[];
  readonly userHome: string | null;
}

interface AnalysisPlace {
  readonly root: string;
  readonly cwd: string;
  readonly linked: readonly string[];
  readonly home: string | null;
  readonly platform: NodeJS.Platform;
}

interface PlaceOptions {
  /** The data folder. */
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The program's file: what is shipped with it stands beside. */
  readonly main: string;
  /** The user's rules as they were at the start. */
  readonly policy: PolicyRules;
  readonly log: Log;
}

/** Rejects with `settings.invalid` when the organisation's policy cannot be used: going on would loosen what it says. */
export async function openPolicyPlace({ home, main, env, policy, log }: PlaceOptions): Promise<PolicyPlace> {
  // Where code is parsed natively, shell lines are all that WebAssembly reads; else whole repositories are, and it pays.
  if (packageFolder("tree-sitter") !== undefined) compileWasmQuickly();
  const file = organisationPolicyFile(env);
  const organisation = await organisationRules(file);
  let user = policy;
  const noticed = new Set<string>();
  return {
    async tiers(workspace) {
      const read = await loadUser(home);
      // A settings file that somebody is just editing does not undo what it said before.
      if (read.ok) user = read.value ?? {};
      const { rules, notices } = await loadWorkspace(workspace);
      for (const notice of notices.filter((text) => !noticed.has(`${workspace} ${text}`))) {
        noticed.add(`${workspace} ${notice}`);
        log.write("warn", "a part of a workspace's policy does not count", { workspace, notice });
      }
      return { user, ...(organisation && { organisation }), ...(rules && { workspace: rules }) };
    },
    isSandboxed: async () => (await findSandbox()).kind !== "none",
    analyse: createCommandAnalyser({ grammars: grammarsBeside(main) }).analyse,
    hidden: [home],
    userHome: await userHome(),
  };
}

async function organisationRules(file: string): Promise<PolicyRules | undefined> {
  const loaded = await loadOrganisation(file);
  if (!loaded.ok) throw new NexusError(loaded.error);
  return loaded.value;
}
