import fc from "fast-check";
import { expect, it } from "vitest";
import {
  criticise,
  type Disagreement,
  decideByRule,
  nextStep,
  openDisagreement,
} from "../../daemon/collaboration/disagreement.ts";

const reject = (...comments: string[]) => ({ verdict: "rejected" as const, comments });
const accept = { verdict: "accepted" as const, comments: [] };

function after(rounds: number, ...opinions: (typeof accept | ReturnType<typeof reject>)[]): Disagreement {
  return opinions.reduce<Disagreement>(criticise, openDisagreement(rounds));
}

it("goes back to the author until it is accepted, or somebody must decide", () => {
  expect(nextStep(after(2))).toBeUndefined();
  expect(nextStep(after(2, reject("name it")))).toEqual({ step: "revise", round: 2, comments: ["name it"] });
  expect(nextStep(after(2, reject("name it"), accept))).toEqual({ step: "accepted" });
  expect(nextStep(after(2, reject("name it"), reject("test it")))).toMatchObject({
    ...{ step: "decide", why: "2 rounds are used up", comments: ["test it"] },
  });
  expect(nextStep(after(5, reject("name it"), reject(" name it ")))).toMatchObject({ step: "decide" });
  expect(nextStep(after(2, reject("  ")))).toEqual({ step: "accepted" });
});

it("is decided by evidence where nobody else decides", () => {
  expect(decideByRule({ hasEvidence: true })).toBe("accepted");
  expect(decideByRule({ hasEvidence: false })).toBe("rejected");
});

it("ends after at most five rounds, whatever the critic says", () => {
  const opinion = fc.record({
    verdict: fc.constantFrom("accepted" as const, "rejected" as const),
    comments: fc.array(fc.string({ maxLength: 700 }), { maxLength: 20 }),
  });
  fc.assert(
    fc.property(fc.double(), fc.array(opinion, { minLength: 5, maxLength: 8 }), (rounds, opinions) => {
      let disagreement = openDisagreement(rounds);
      let asked = 0;
      for (const opinion of opinions) {
        asked++;
        disagreement = criticise(disagreement, opinion);
        const next = nextStep(disagreement);
        if (next?.step !== "revise") break;
        expect(next.comments.length).toBeLessThanOrEqual(10);
      }
      expect(asked).toBeLessThanOrEqual(5);
      expect(nextStep(disagreement)?.step).not.toBe("revise");
    }),
  );
});
