/** Names of the network to addresses, as this machine resolves them. */
import { lookup } from "node:dns/promises";

/** Every address of a host, IPv4 first; rejects where there is none. */
export type Resolve = (host: string) => Promise<readonly string[]>;

export const resolveHost: Resolve = async (host) => {
  const found = await lookup(host, { all: true, order: "ipv4first" });
  return found.map(({ address }) => address);
};
