import { expect, it } from "vitest";
import { blobOid } from "../../../daemon/memory/sources/blob-oid.ts";
import { createOverlay } from "../../../daemon/memory/sources/overlay.ts";

const onDisk = ["a.ts", "b.ts"].map((path) => ({ path, oid: blobOid(Buffer.from("disk")), bytes: 4 }));

it("stands in for the disk until the text is saved or closed", () => {
  const overlay = createOverlay();
  expect(overlay.apply(onDisk)).toBe(onDisk);
  expect(overlay.set("b.ts", "größe")).toBe(true);
  const entry = { path: "b.ts", oid: blobOid(Buffer.from("größe")), bytes: 7 };
  expect(overlay.apply(onDisk)).toEqual([onDisk[0], entry]);
  expect([overlay.text("b.ts"), overlay.text("a.ts"), overlay.paths()]).toEqual(["größe", undefined, ["b.ts"]]);
  // The same entry each time, so that a caller may compare by identity.
  expect(overlay.apply(onDisk)[1]).toBe(overlay.apply(onDisk)[1]);
  overlay.set("b.ts", null);
  expect(overlay.apply(onDisk)).toBe(onDisk);
});

it("counts versions by changes only", () => {
  const overlay = createOverlay();
  const versions = [
    ["a.ts", "1"],
    ["a.ts", "1"],
    ["a.ts", "2"],
    ["b.ts", null],
    ["a.ts", null],
  ] as const;
  const seen = versions.map(([path, text]) => {
    overlay.set(path, text);
    return overlay.version;
  });
  expect(seen[1]).toBe(seen[0]);
  expect(seen[2]).not.toBe(seen[1]);
  expect(seen[3]).toBe(seen[2]);
  expect(seen[4]).not.toBe(seen[3]);
});

it("shows no file that no scan lists, and names contents as the repository does", () => {
  const overlay = createOverlay("sha256");
  overlay.set("ignored.ts", "text");
  overlay.set("a.ts", "text");
  expect(overlay.apply(onDisk).map(({ path, oid }) => [path, oid.length])).toEqual([
    ["a.ts", 64],
    ["b.ts", 40],
  ]);
});

it("refuses what is too long, and lets the disk count then", () => {
  const overlay = createOverlay("sha1", { maxFileBytes: 10, maxBytes: 15 });
  overlay.set("a.ts", "short");
  expect(overlay.set("a.ts", "x".repeat(11))).toBe(false);
  expect(overlay.apply(onDisk)).toBe(onDisk);
  expect(overlay.set("a.ts", "x".repeat(10))).toBe(true);
  expect(overlay.set("b.ts", "x".repeat(6))).toBe(false);
  expect(overlay.set("b.ts", "x".repeat(5))).toBe(true);
  overlay.set("a.ts", null);
  expect(overlay.set("c.ts", "x".repeat(10))).toBe(true);
});
