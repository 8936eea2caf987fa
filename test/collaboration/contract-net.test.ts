import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Candidate, computeBid, NO_OUTCOMES, readBid } from "../../daemon/collaboration/bids.ts";
import { announce, announceAgain, award, judgeBids, type Submission } from "../../daemon/collaboration/contract-net.ts";
import type { Bid, PlanTask } from "../../protocol/index.ts";

const task: PlanTask = {
  ...{ id: "t", title: "Add a migration", goal: "Write the SQL schema migration for orders.", agent: "any" },
  ...{ files: ["db/001.sql"], acceptance: null, dependsOn: [] },
};
const agent = (name: string, more: Partial<Candidate> = {}): Candidate => ({
  ...{ name, purpose: "", capabilities: [], changesFiles: true, load: 0, outcomes: NO_OUTCOMES },
  ...more,
});
const data = agent("data", { capabilities: ["SQL", "schema", "migrations"] });
const frontend = agent("frontend", { capabilities: ["components", "css"] });
const limits = { leftUsd: 1, deadline: 10 };

function negotiate(candidates: readonly Candidate[], more: readonly Submission[] = [], leftUsd: number | null = 1) {
  const announcement = announce(task, candidates, { ...limits, leftUsd });
  const own = candidates.map((candidate) => ({ bidder: candidate.name, at: 1, sent: computeBid(task, candidate) }));
  const bids = judgeBids(announcement, task, candidates, [...more, ...own]);
  return { bids, ...award(announcement, bids) };
}

describe("the award", () => {
  it("goes to the agent whose card fits, with the reason", () => {
    const { winner, reason, budgetUsd } = negotiate([frontend, data]);
    expect(winner).toBe("data");
    expect(budgetUsd).toBe(1);
    expect(reason).toMatch(
      /^data with 0\.\d+, against frontend with 0\.\d+: fit 1 \(migration, schema, sql\); no such/,
    );
  });

  it("believes what happened more than a card, and breaking an award counts most", () => {
    const twin = (name: string, outcomes: Partial<typeof NO_OUTCOMES>) =>
      ({ ...data, name, outcomes: { ...NO_OUTCOMES, ...outcomes } }) as Candidate;
    expect(negotiate([twin("a", { failed: 3 }), twin("b", { done: 3 })]).winner).toBe("b");
    expect(negotiate([twin("a", { done: 1, broken: 1 }), twin("b", { done: 1, failed: 1 })]).winner).toBe("b");
    expect(
      negotiate([
        { ...data, name: "a", load: 3 },
        { ...data, name: "b" },
      ]).winner,
    ).toBe("b");
  });

  it("decides between equals by cost, then by name", () => {
    const priced = (name: string, meanUsd: number): Candidate => ({
      ...data,
      name,
      outcomes: { ...NO_OUTCOMES, meanUsd },
    });
    expect(negotiate([priced("a", 0.2), priced("b", 0.1)]).winner).toBe("b");
    const equal = negotiate([priced("b", 0.1), priced("a", 0.1)]);
    expect(equal).toMatchObject({ winner: "a", budgetUsd: 0.2 });
    expect(equal.reason).toContain("equal, so the name that comes first");
  });

  it("goes to the general agent where nobody bids", () => {
    const reader = agent("research", { changesFiles: false });
    expect(negotiate([reader])).toMatchObject({
      ...{ winner: null, agent: "coder", budgetUsd: 1 },
      reason: "Nobody bid (research: refused), so coder does it.",
    });
    expect(negotiate([]).reason).toBe("Nobody bid (nobody was asked), so coder does it.");
  });

  it("locks at most what is left", () => {
    const dear = { ...data, outcomes: { ...NO_OUTCOMES, meanUsd: 0.9 } };
    expect(negotiate([dear]).budgetUsd).toBe(1);
    expect(negotiate([dear], [], null).budgetUsd).toBe(1.8);
    expect(negotiate([{ ...dear, outcomes: { ...NO_OUTCOMES, meanUsd: 0 } }]).budgetUsd).toBe(1);
    expect(negotiate([dear], [], 0.5).winner).toBeNull();
  });
});

describe("a bid", () => {
  const good = computeBid(task, data);
  it.each<[string, unknown]>([
    ["NaN", { ...good, costUsd: Number.NaN }],
    ["an endless cost", { ...good, costUsd: Number.POSITIVE_INFINITY }],
    ["a negative cost", { ...good, costUsd: -1 }],
    ["over the budget", { ...good, costUsd: 1.01 }],
    ["surer than sure", { ...good, confidence: 2 }],
    ["not sure at all", { ...good, confidence: null }],
    ["a book", { ...good, evidence: "x".repeat(501) }],
    ["in another's name", { ...good, bidder: "frontend" }],
    ["text", "I bid!"],
    ["nothing", undefined],
    ["null", null],
  ])("of nonsense counts as invalid: %s", (_name, sent) => {
    const { bids, winner } = negotiate([frontend, data], [{ bidder: "data", at: 1, sent }]);
    expect(bids.map(({ bidder, outcome }) => [bidder, outcome])).toEqual([
      ["data", "invalid"],
      ["frontend", "bid"],
    ]);
    expect(bids[0]).toMatchObject({ costUsd: null, score: null });
    expect(winner).toBe("frontend");
  });

  it("counts once, in time, and only of who was asked", () => {
    const late = { bidder: "data", at: 11, sent: good };
    expect(negotiate([frontend, data], [late]).bids[0]?.outcome).toBe("late");
    expect(negotiate([frontend, data], [{ ...late, at: Number.NaN }]).bids[0]?.outcome).toBe("late");
    expect(negotiate([frontend, data], [{ ...late, at: 10 }]).bids[0]?.outcome).toBe("bid");
    const { bids, winner } = negotiate([frontend], [{ bidder: "stranger", at: 1, sent: good }]);
    expect(bids.at(-1)).toMatchObject({ bidder: "stranger", outcome: "invalid", evidence: "It was not asked." });
    expect(winner).toBe("frontend");
    const silent = judgeBids(announce(task, [data], limits), task, [data], []);
    expect(silent).toMatchObject([{ outcome: "refused", evidence: "It did not answer." }]);
  });

  it("never brings a score of its own", () => {
    expect(readBid("data", { ...good, score: 99 }, 1).score).toBeNull();
  });
});

it("ends after three rounds, each without who gave the task back", () => {
  const first = announce(task, [data, frontend, agent("a"), agent("b")], limits);
  const second = announceAgain(first, "data", 20);
  expect(second).toMatchObject({ round: 2, bidders: ["a", "b", "frontend"], deadline: 20 });
  const third = second && announceAgain(second, "a", 30);
  expect(third).toMatchObject({ round: 3, bidders: ["b", "frontend"] });
  expect(third && announceAgain(third, "b", 40)).toBeUndefined();
  expect(announceAgain(announce(task, [data], limits), "data", 20)).toBeUndefined();
});

it("gives every set of submissions one winner whose bid counts, in whatever order they come", () => {
  const sent = fc.oneof(
    fc.anything(),
    fc.record({
      bidder: fc.constantFrom("a", "b", "c"),
      outcome: fc.constantFrom("bid", "refused"),
      costUsd: fc.oneof(fc.constant(null), fc.double()),
      confidence: fc.oneof(fc.constant(null), fc.double()),
      evidence: fc.string(),
    }),
  );
  const submission = fc.record({ bidder: fc.constantFrom("a", "b", "c", "z"), at: fc.double(), sent });
  const candidates = ["a", "b", "c"].map((name) => agent(name));
  const unique = fc.uniqueArray(submission, { selector: ({ bidder }) => bidder });
  fc.assert(
    fc.property(unique, (submissions) => {
      const announcement = announce(task, candidates, limits);
      const bids = judgeBids(announcement, task, candidates, submissions);
      const awarded = award(announcement, bids);
      const winner: Bid | undefined = bids.find(({ bidder }) => bidder === awarded.winner);
      expect(awarded.winner === null || winner?.outcome === "bid").toBe(true);
      expect(awarded.budgetUsd).toBeGreaterThan(0);
      expect(awarded.budgetUsd).toBeLessThanOrEqual(1);
      expect(bids.every(({ score }) => score === null || (score >= 0 && score <= 1))).toBe(true);
      const backwards = judgeBids(announcement, task, candidates, submissions.toReversed());
      expect(award(announcement, backwards)).toEqual(awarded);
    }),
  );
});
