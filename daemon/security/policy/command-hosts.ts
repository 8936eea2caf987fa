/** Which hosts a command may reach behind the wall: what it names itself, and what people's rules allow by name. */
import type { CommandFacts, CommandPart } from "../command/facts.ts";
import type { Tier } from "./tiers.ts";

const MOST_HOSTS = 50;

/** Sorted. None for a line without a network command: then it gets no network at all. */
export function hostsOf({ parts }: CommandFacts, tiers: readonly Tier[]): string[] {
  const senders = parts.filter(({ effect }) => effect === "network" || effect === "destructive");
  if (senders.length === 0) return [];
  const rules = tiers.flatMap((tier) => tier.rules);
  const hosts = (effect: "allow" | "deny") =>
    rules.flatMap(({ effect: own, match }) => (own === effect && match.kind === "network" ? [match.host] : []));
  const denied = new Set(hosts("deny").map((host) => host.toLowerCase()));
  const wanted = new Set([...senders.flatMap(namedHosts), ...hosts("allow").map((host) => host.toLowerCase())]);
  return [...wanted]
    .filter((host) => !denied.has(host))
    .sort()
    .slice(0, MOST_HOSTS);
}

/** Hosts of addresses that stand in the words, as a browser reads them. */
function namedHosts({ words }: CommandPart): string[] {
  return words.flatMap((word) => {
    if (word === null || !/^https?:\/\//i.test(word) || !URL.canParse(word)) return [];
    const { hostname, username, password } = new URL(word);
    return username === "" && password === "" && hostname !== "" ? [hostname] : [];
  });
}
