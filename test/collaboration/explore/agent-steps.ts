/** What an agent may do next, each as a change of a copy of the world. */
import { NO_OUTCOMES } from "../../../daemon/collaboration/bids.ts";
import { announce, announceAgain, award, judgeBids } from "../../../daemon/collaboration/contract-net.ts";
import { answerTo, compose, openQuestions } from "../../../daemon/collaboration/messages.ts";
import { leaseNode, PERSON, taskNode, type Wait } from "../../../daemon/collaboration/wait-for.ts";
import type { AgentMessage, Lease, PlanTask } from "../../../protocol/index.ts";
import type { Protocol } from "./protocol.ts";
import { type AgentState, type Step, tasksOf, type World } from "./world.ts";

/** A change in place; false: nothing can happen. */
export type Change = (world: World) => boolean;

const NONE: PlanTask = { id: "work", title: "w", goal: "w", agent: "any", files: [], acceptance: null, dependsOn: [] };
const COUNTER = "counter";

/** Each entry is one possible next event of this agent. */
export function agentChanges(protocol: Protocol, name: string, program: readonly Step[]): Change[] {
  const changes: Change[] = [
    (world) => !isWaiting(world, name) && readOne(protocol, world, name),
    (world) => !isWaiting(world, name) && answerOne(world, name),
    (world) => !isWaiting(world, name) && perform(protocol, world, name),
    (world) => bid(protocol, world, name),
    (world) => {
      const agent = stateOf(world, name);
      const step = program[agent.at];
      return step === undefined ? end(protocol, world, name) : carryOut(protocol, world, name, step);
    },
  ];
  return changes.map((change) => (world) => world.agents[name]?.status === "running" && change(world));
}

export function isWaiting(world: World, name: string): boolean {
  return world.waits.some(({ waiter }) => waiter === name);
}

export function stopWaiting(world: World, name: string): void {
  world.waits = world.waits.filter(({ waiter }) => waiter !== name);
}

function stateOf(world: World, name: string): AgentState {
  const agent = world.agents[name];
  if (agent === undefined) throw new Error(name);
  return agent;
}

function carryOut(protocol: Protocol, world: World, name: string, step: Step): boolean {
  switch (step.do) {
    case "lease":
      return lease(protocol, world, name, step.on);
    case "release":
      world.leases = [...protocol.release(new Map(world.leases), name)].map(([holder, held]) => [holder, [...held]]);
      return advance(world, name);
    case "gate":
      return gate(protocol, world, name);
    case "count":
      return count(protocol, world, name);
    case "send":
      return send(world, name, step.to);
    case "ask":
      return ask(protocol, world, name, step.to);
    case "contract":
      return contract(protocol, world, name);
  }
}

/** The next step, with nothing held back from this one. */
function advance(world: World, name: string): true {
  stopWaiting(world, name);
  const agent = stateOf(world, name);
  agent.at++;
  agent.seen = null;
  return true;
}

function place(world: World, name: string): string {
  return `${name}/${stateOf(world, name).at}`;
}

function has(world: World, fact: string): boolean {
  return world.log.facts.includes(fact);
}

function note(world: World, fact: string): true {
  if (!has(world, fact)) world.log.facts.push(fact);
  return true;
}

/** Waits, or goes on without where that wait is refused. */
function wait(protocol: Protocol, world: World, name: string, wait: Wait): boolean {
  stopWaiting(world, name);
  if (protocol.begin(world, name, wait).ok) {
    world.waits.push({ waiter: name, wait });
    return true;
  }
  note(world, `${place(world, name)}=refused`);
  return advance(world, name);
}

function lease(protocol: Protocol, world: World, name: string, on: readonly string[]): boolean {
  if (has(world, `${place(world, name)}=refused`)) return advance(world, name);
  const wanted = on.map((file): Lease => ({ on: "file", name: file }));
  const acquired = protocol.acquire(new Map(world.leases), name, wanted);
  if (acquired.ok) {
    world.leases = [...acquired.table].map(([holder, held]) => [holder, [...held]]);
    return advance(world, name);
  }
  const targets = acquired.overlaps.map(({ second }) => ({ node: leaseNode(second), words: "waits for" }));
  const before = world.waits.find(({ waiter }) => waiter === name)?.wait;
  if (JSON.stringify(before?.targets) === JSON.stringify(targets)) return false;
  return wait(protocol, world, name, { until: "all", targets });
}

function gate(protocol: Protocol, world: World, name: string): boolean {
  if (has(world, `${place(world, name)}=answered`)) return advance(world, name);
  if (isWaiting(world, name)) return false;
  note(world, `${place(world, name)}=asked`);
  return wait(protocol, world, name, { until: "all", targets: [{ node: PERSON, words: "waits for" }] });
}

/** Adds one to a number on the board: looks, and writes when nobody wrote meanwhile. */
function count(protocol: Protocol, world: World, name: string): boolean {
  const done = `${place(world, name)}=counted`;
  if (has(world, done)) return advance(world, name);
  const agent = stateOf(world, name);
  const current = world.log.board.find(({ key }) => key === COUNTER);
  if (agent.seen === null) {
    agent.seen = { version: current?.version ?? 0, value: Number(current?.value ?? 0) };
    return true;
  }
  const { version: seen, value } = agent.seen;
  const more = { key: COUNTER, policy: "replace" as const, seen, taskId: name, agent: name };
  const written = protocol.write(world.log.board, { ...more, value: value + 1 });
  agent.seen = null;
  if (!written.ok) return true;
  world.log.board = [written.entry];
  return note(world, done);
}

/** The event, and in a later event the next step: a crash may come between. */
function send(world: World, name: string, to: string): boolean {
  const messageId = place(world, name);
  if (isSent(world, messageId) || has(world, `${messageId}=refused`)) return advance(world, name);
  const composed = compose(mail(world), { messageId, from: name, to, kind: "inform", text: "m" });
  if (!composed.ok) return note(world, `${messageId}=refused`);
  world.log.messages.push(composed.message);
  return true;
}

function ask(protocol: Protocol, world: World, name: string, to: string): boolean {
  const messageId = place(world, name);
  const answer = answerTo(world.log, messageId);
  if (has(world, `${messageId}=refused`)) return advance(world, name);
  if (answer !== undefined) {
    if (protocol.unread(world, name).some((unread) => unread.messageId === answer.messageId))
      world.log.deliveries.push({ messageId: answer.messageId, taskId: name, turn: 0, inCall: true });
    return advance(world, name);
  }
  const onAnswer: Wait = { until: "all", targets: [{ node: taskNode(to), words: "waits for an answer of" }] };
  if (!isSent(world, messageId)) {
    if (!protocol.begin(world, name, onAnswer).ok) return note(world, `${messageId}=refused`);
    const composed = compose(mail(world), { messageId, from: name, to, kind: "question", text: "q" });
    if (!composed.ok) return note(world, `${messageId}=refused`);
    world.log.messages.push(composed.message);
    return true;
  }
  if (world.log.ended[to] !== undefined) return advance(world, name);
  return isWaiting(world, name) ? false : wait(protocol, world, name, onAnswer);
}

function readOne(protocol: Protocol, world: World, name: string): boolean {
  const [message] = protocol.unread(world, name);
  if (message === undefined) return false;
  world.log.deliveries.push({ messageId: message.messageId, taskId: name, turn: 0 });
  return true;
}

function answerOne(world: World, name: string): boolean {
  const [question] = questions(world, name);
  if (question === undefined) return false;
  const { messageId: inReplyTo, from: to } = question;
  const draft = { messageId: `answer-${inReplyTo}`, from: name, to, kind: "answer" as const, inReplyTo, text: "r" };
  const composed = compose(mail(world), draft);
  if (composed.ok) world.log.messages.push(composed.message);
  return composed.ok;
}

function questions(world: World, name: string): AgentMessage[] {
  return openQuestions(world.log, name).filter(({ from }) => world.log.ended[from] === undefined);
}

function contract(protocol: Protocol, world: World, name: string): boolean {
  const { log } = world;
  if (log.announcement === null) {
    const others = Object.keys(world.agents).filter((other) => other !== name && log.ended[other] === undefined);
    const { round, bidders, deadline } = announce(NONE, others.map(asCandidate), { leftUsd: 1, deadline: 0 });
    log.announcement = { round, bidders: [...bidders], deadline };
    return true;
  }
  const { round } = log.announcement;
  if (log.reports.length > 0 || has(world, `${place(world, name)}=refused`)) return advance(world, name);
  if (!protocol.isAwarded(world, name, round)) return decide(world, name, log.announcement);
  const winner = log.awards.findLast((award) => award.round === round)?.agent ?? name;
  if (winner === name) {
    log.reports.push({ round, agent: name });
    return true;
  }
  if (log.ended[winner] !== undefined) return again(world, name, winner);
  if (isWaiting(world, name)) return false;
  return wait(protocol, world, name, { until: "all", targets: [{ node: taskNode(winner), words: "waits for" }] });
}

function decide(world: World, name: string, announcement: NonNullable<World["log"]["announcement"]>): boolean {
  const { log, time } = world;
  const { round, bidders, deadline } = announcement;
  const sent = log.bids.filter((submission) => submission.round === round);
  if (sent.length < bidders.length && time <= deadline) return false;
  const alive = sent.filter(({ bidder }) => log.ended[bidder] === undefined);
  const announced = { ...announcement, taskId: NONE.id, budgetUsd: 1 };
  const { winner } = award(announced, judgeBids(announced, NONE, bidders.map(asCandidate), alive));
  log.awards.push({ round, agent: winner ?? name });
  const agent = world.agents[name];
  if (agent !== undefined) agent.awarded = true;
  return true;
}

/** The winner ended for good before it reported. */
function again(world: World, name: string, winner: string): boolean {
  const { log } = world;
  if (log.announcement === null) return false;
  stopWaiting(world, name);
  const next = announceAgain({ ...log.announcement, taskId: NONE.id, budgetUsd: 1 }, winner, world.time);
  const agent = world.agents[name];
  if (agent !== undefined) agent.awarded = false;
  if (next === undefined) log.reports.push({ round: log.announcement.round, agent: name });
  else log.announcement = { round: next.round, bidders: [...next.bidders], deadline: next.deadline };
  return true;
}

function asCandidate(name: string) {
  return { name, purpose: "", capabilities: [], changesFiles: true, load: 0, outcomes: NO_OUTCOMES };
}

/** By rule, so an agent bids also while it waits. One of them bids nonsense. */
function bid(protocol: Protocol, world: World, name: string): boolean {
  const { log, time } = world;
  const { announcement } = log;
  if (announcement === null || !announcement.bidders.includes(name)) return false;
  const { round } = announcement;
  if (protocol.isAwarded(world, "a", round) || log.reports.length > 0) return false;
  if (log.bids.some((submission) => submission.round === round && submission.bidder === name)) return false;
  const good = { bidder: name, outcome: "bid", costUsd: 0.1, confidence: 0.5, evidence: "" };
  log.bids.push({ round, bidder: name, at: time, sent: name === "c" ? "nonsense" : good });
  return true;
}

/** The winner does what it was awarded. */
function perform(protocol: Protocol, world: World, name: string): boolean {
  const { log } = world;
  const round = log.announcement?.round ?? 0;
  if (log.awards.findLast((award) => award.round === round)?.agent !== name || name === "a") return false;
  if (protocol.isReported(world, round) || log.reports.length > 1) return false;
  log.reports.push({ round, agent: name });
  return true;
}

function end(protocol: Protocol, world: World, name: string): boolean {
  const { log } = world;
  const round = log.announcement?.round ?? 0;
  const isOwed = log.awards.findLast((award) => award.round === round)?.agent === name && log.reports.length === 0;
  if (isOwed || protocol.unread(world, name).length > 0 || questions(world, name).length > 0) return false;
  log.ended[name] = "done";
  world.leases = [...protocol.release(new Map(world.leases), name)].map(([holder, held]) => [holder, [...held]]);
  stateOf(world, name).status = "ended";
  return true;
}

function isSent({ log }: World, messageId: string): boolean {
  return log.messages.some((message) => message.messageId === messageId);
}

function mail(world: World) {
  const { messages, deliveries } = world.log;
  return { messages, deliveries, tasks: tasksOf(world) };
}
