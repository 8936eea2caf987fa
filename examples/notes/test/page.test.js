import assert from "node:assert/strict";
import { it } from "node:test";
import { renderNotes } from "../public/render.js";

it("shows each note with a button that removes it", () => {
  const html = renderNotes([{ id: 7, text: "Buy milk" }]);
  assert.match(html, /Buy milk/);
  assert.match(html, /data-remove="7"/);
});

it("escapes what people type", () => {
  assert.doesNotMatch(renderNotes([{ id: 1, text: "<script>" }]), /<script>/);
});
