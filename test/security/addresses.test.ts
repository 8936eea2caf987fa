import fc from "fast-check";
import { expect, it } from "vitest";
import { canonicalHost, isPublicAddress } from "../../daemon/security/addresses.ts";

it.each([
  ..."127.0.0.1 127.255.0.9 0.0.0.0 0.1.2.3 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254".split(" "),
  ..."100.64.0.1 100.127.255.255 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255 192.0.0.1 192.0.2.1 198.18.0.1".split(
    " ",
  ),
  ..."198.51.100.1 203.0.113.1 ::1 :: fe80::1 fc00::1 fd12::1 ff02::1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::127.0.0.1".split(
    " ",
  ),
  ..."64:ff9b::8.8.8.8 64:ff9b:1::1 2001:db8::1 2002:7f00:1:: 2001::1 100::1 fec0::1 fe80::1%eth0 ::8.8.8.8".split(" "),
  ..."2130706433 0x7f000001 0177.0.0.1 127.1 8.8 134744072 010.010.010.010 1.2.3.4.5 example.com".split(" "),
  "",
])("does not take %s for a public address", (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

it.each("8.8.8.8 1.1.1.1 93.184.216.34 172.32.0.1 100.128.0.1 2606:4700:4700::1111 2a00:1450:4001::8a".split(" "))(
  "takes %s for a public address",
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

it("takes no IPv4 address of a private network for public, in whatever way it is written", () => {
  const octet = fc.nat(255);
  const inner = fc.oneof(
    fc.tuple(fc.constant(10), octet, octet, octet),
    fc.tuple(fc.constant(127), octet, octet, octet),
    fc.tuple(fc.constant(192), fc.constant(168), octet, octet),
    fc.tuple(fc.constant(169), fc.constant(254), octet, octet),
    fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), octet, octet),
    fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), octet, octet),
  );
  const written = fc
    .tuple(inner, fc.constantFrom("", "::ffff:", "::", "64:ff9b::"))
    .map(([parts, prefix]) => prefix + parts.join("."));
  fc.assert(fc.property(written, (address) => !isPublicAddress(address)));
});

it.each([
  ["Example.COM", "example.com"],
  ["example.com.", "example.com"],
  ["bücher.example", "xn--bcher-kva.example"],
  ["packages.vendor.example", "packages.vendor.example"],
])("brings %s into the form %s", (host, canonical) => {
  expect(canonicalHost(host)).toBe(canonical);
});

it.each([
  ..."localhost 127.0.0.1 2130706433 0x7f.1 0177.1 1.1 [::1] ::1 a@b.example b.example/x b.example:80 printer.local x.internal".split(
    " ",
  ),
  ..."x.localhost router.lan a..b .a.b -a.example metadata.google.internal a%2eb.example example.com.. 1.2.3.0x4".split(
    " ",
  ),
  "a b.example",
  "a\u0000b.example",
  "",
  `${"a".repeat(64)}.example`,
  `${"a.".repeat(130)}example`,
])("takes %s for no name of a public host", (host) => {
  expect(canonicalHost(host)).toBeUndefined();
});
