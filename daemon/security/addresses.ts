/** Which addresses and names of the network are somebody else's, out in the open: never this machine, never its neighbours. */
import { domainToASCII } from "node:url";
import ipaddr from "ipaddr.js";

/**
 * True for an address of the public internet. Private, loopback, link-local (cloud metadata among them), carrier-grade
 * NAT, unique local, multicast, documentation and reserved ones are not; neither is an IPv6 address that carries an IPv4
 * address in whatever way, because where it leads depends on the network.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address) || address.includes("%")) return false;
  const parsed = ipaddr.parse(address);
  if (parsed instanceof ipaddr.IPv4) return ipaddr.IPv4.isValidFourPartDecimal(address) && parsed.range() === "unicast";
  return parsed.range() === "unicast" && parsed.match(GLOBAL_UNICAST);
}

const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR("2000::/3");

/**
 * A host name in the one form that is compared: lower case, IDNA, without a dot at its end. Undefined for addresses in any
 * notation (decimal, octal, hexadecimal, IPv6), for names of one part such as `localhost`, and for what is no name.
 */
export function canonicalHost(host: string): string | undefined {
  if (host.length > 253 || /[\s/@\\?#:%[\]]/.test(host)) return undefined;
  const ascii = domainToASCII(host.replace(/\.$/, ""));
  const labels = ascii.split(".");
  if (labels.length < 2 || !labels.every((label) => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label)))
    return undefined;
  // URL parsers take a name whose last part is a number for an IPv4 address.
  if (/^(?:\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? "")) return undefined;
  return LOCAL_ENDINGS.some((ending) => ascii.endsWith(ending)) ? undefined : ascii;
}

/** Names that by their rules are answered by the machine or the network around it. */
const LOCAL_ENDINGS = [".localhost", ".local", ".internal", ".localdomain", ".home.arpa", ".lan", ".onion"];
