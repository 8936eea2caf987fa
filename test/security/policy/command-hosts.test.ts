import { expect, it } from "vitest";
import type { CommandEffect, CommandPart, Word } from "../../../daemon/security/command/facts.ts";
import { hostsOf } from "../../../daemon/security/policy/command-hosts.ts";
import { effectiveTiers, type Tiers } from "../../../daemon/security/policy/tiers.ts";

function part(effect: CommandEffect, ...words: Word[]): CommandPart {
  return { text: words.join(" "), words, effect, why: "", paths: [], cwd: "/w" };
}

function hosts(parts: CommandPart[], tiers: Tiers = {}): string[] {
  return hostsOf({ parts, unclear: [] }, effectiveTiers(tiers, true));
}

const rule = (effect: "allow" | "deny", host: string) => ({ effect, match: { kind: "network" as const, host } });

it("lets a command reach what it names", () => {
  expect(hosts([part("network", "curl", "-s", "https://Example.org:443/a?b=c")])).toEqual(["example.org"]);
});

it.each([
  ["a user in front", "https://example.org@evil.test/"],
  ["no address", "example.org/x"],
  ["another protocol", "ftp://example.org/x"],
  ["nothing that can be read", "https://"],
])("takes no host from %s", (_, word) => {
  expect(hosts([part("network", "curl", word)])).toEqual([]);
});

it("takes no host from what only the shell will know", () => {
  expect(hosts([part("network", "curl", null)])).toEqual([]);
});

it("adds the hosts that people allow, and takes away what any of them denies", () => {
  const tiers: Tiers = {
    organisation: { rules: [rule("deny", "bad.test")] },
    user: { rules: [rule("allow", "packages.test"), rule("allow", "bad.test")] },
  };
  const install = part("network", "npm", "ci", "--registry", "https://bad.test/");
  expect(hosts([install], tiers)).toEqual(["packages.test"]);
});

it("gives no network to a line that sends nothing, whatever is allowed", () => {
  const tiers: Tiers = { user: { rules: [rule("allow", "packages.test")] } };
  expect(hosts([part("project", "npm", "test"), part("reads", "cat", "https://a.test/")], tiers)).toEqual([]);
});

it("lets a workspace allow nothing", () => {
  const tiers: Tiers = { workspace: { rules: [rule("allow", "evil.test")] } };
  expect(hosts([part("network", "npm", "ci")], tiers)).toEqual([]);
});
