import { expect, it } from "vitest";
import { pagePolicy } from "../../../extension/panel/policy.ts";

it("lets a page run its own bundle and load nothing from elsewhere; pictures only as data", () => {
  const own = { nonce: "n", source: "https://own.example" };
  const run = pagePolicy({ ...own, images: false });
  expect(run).toBe(
    "default-src 'none'; script-src 'nonce-n'; style-src https://own.example; font-src https://own.example; base-uri 'none'; form-action 'none'",
  );
  const design = pagePolicy({ ...own, images: true });
  expect(design.replace("img-src data:; ", "")).toBe(run);
  expect(design).not.toMatch(/unsafe|blob:|\*/);
});
