/** Whose rules count on this machine, read anew for each piece of work. */
import { NexusError, type PolicyRules } from "../../protocol/index.ts";
import { organisationPolicyFile, userHome } from "../host/paths.ts";
import type { Log } from "../observability/log.ts";
import { loadOrganisation, loadUser, loadWorkspace } from "../security/policy/load-tiers.ts";
import type { PolicyPlace } from "./run-policy.ts";

interface PlaceOptions {
  /** The data folder. */
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's rules as they were at the start. */
  readonly policy: PolicyRules;
  readonly log: Log;
}

/** Rejects with `settings.invalid` when the organisation's policy cannot be used: going on would loosen what it says. */
export async function openPolicyPlace({ home, env, policy, log }: PlaceOptions): Promise<PolicyPlace> {
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
    isTrusted: async () => true,
    isSandboxed: async () => false,
    hidden: [home],
    userHome: await userHome(),
  };
}

async function organisationRules(file: string): Promise<PolicyRules | undefined> {
  const loaded = await loadOrganisation(file);
  if (!loaded.ok) throw new NexusError(loaded.error);
  return loaded.value;
}
