import { expect, it } from "vitest";
import { stem } from "../../../daemon/memory/search/stem.ts";

/** The examples of Porter's paper, step by step, each carried through all steps. */
const EXAMPLES =
  `caresses caress, ponies poni, ties ti, caress caress, cats cat, feed feed, agreed agre, plastered plaster,
  bled bled, motoring motor, sing sing, conflated conflat, troubled troubl, sized size, hopping hop, tanned tan, falling fall,
  hissing hiss, fizzed fizz, failing fail, filing file, happy happi, sky sky, relational relat, conditional condit,
  rational ration, valenci valenc, hesitanci hesit, digitizer digit, conformabli conform, radicalli radic,
  differentli differ, vileli vile, analogousli analog, vietnamization vietnam, predication predic, operator oper,
  feudalism feudal, decisiveness decis, hopefulness hope, callousness callous, formaliti formal, sensitiviti sensit,
  sensibiliti sensibl, triplicate triplic, formative form, formalize formal, electriciti electr, electrical electr,
  hopeful hope, goodness good, revival reviv, allowance allow, inference infer, airliner airlin, gyroscopic gyroscop,
  adjustable adjust, defensible defens, irritant irrit, replacement replac, adjustment adjust, dependent depend,
  adoption adopt, homologou homolog, communism commun, activate activ, angulariti angular, homologous homolog,
  effective effect, bowdlerize bowdler, probate probat, rate rate, cease ceas, controll control, roll roll, yes ye,
  yielding yield, toy toi, employ emploi, syzygy syzygi, generalizations gener, oscillators oscil`
    .split(/,\s+/)
    .map((pair) => pair.split(" "));

it.each(EXAMPLES)("stems %s to %s", (word, expected) => {
  expect(stem(word ?? "")).toBe(expected);
  expect(stem(word ?? "")).toBe(expected);
});

it.each(["", "a", "is", "utf8", "größe", "42", "x".repeat(41), "don't"])("leaves %j as it is", (word) => {
  expect(stem(word)).toBe(word);
});
