/** What happens to agents: people answer, time passes, agents and the daemon crash and are started again. */
import { agentChanges, type Change, isWaiting, stopWaiting } from "./agent-steps.ts";
import type { Protocol } from "./protocol.ts";
import type { Size, World } from "./world.ts";

export interface Event {
  readonly name: string;
  readonly isCrash: boolean;
  readonly change: Change;
}

const GIVES_UP_AFTER = 2;

/** Everything that can happen, whether or not it can happen now. */
export function events(protocol: Protocol, { programs }: Size): Event[] {
  const agents = Object.entries(programs).flatMap(([name, program]) => [
    ...agentChanges(protocol, name, program).map((change, index) => ({
      name: `${name} ${["reads", "answers", "performs", "bids", "goes on"][index]}`,
      isCrash: false,
      change,
    })),
    { name: `a person answers ${name}`, isCrash: false, change: (world: World) => answerGate(world, name) },
    { name: `${name} is started again`, isCrash: false, change: (world: World) => recover(world, name) },
    { name: `${name} crashes`, isCrash: true, change: (world: World) => crash(protocol, world, name, 1) },
  ]);
  return [
    ...agents,
    { name: "time passes", isCrash: false, change: tick },
    { name: "the daemon crashes", isCrash: true, change: (world) => crashAll(protocol, world) },
  ];
}

function answerGate(world: World, name: string): boolean {
  const agent = world.agents[name];
  const gate = `${name}/${agent?.at}`;
  const { facts } = world.log;
  if (!isWaiting(world, name) || !facts.includes(`${gate}=asked`) || facts.includes(`${gate}=answered`)) return false;
  facts.push(`${gate}=answered`);
  return true;
}

/** Only where somebody waits for the time to be up. */
function tick(world: World): boolean {
  const { announcement, awards } = world.log;
  if (announcement === null || world.time > announcement.deadline) return false;
  if (awards.some(({ round }) => round === announcement.round)) return false;
  world.time++;
  return true;
}

function crash(protocol: Protocol, world: World, name: string, counts: 0 | 1): boolean {
  const agent = world.agents[name];
  if (agent?.status !== "running" || (counts === 1 && world.crashesLeft === 0)) return false;
  world.crashesLeft -= counts;
  world.leases = [...protocol.releaseCrashed(new Map(world.leases), name)].map(([holder, held]) => [holder, [...held]]);
  stopWaiting(world, name);
  world.log.messages = protocol.keepMail(world, name);
  world.agents[name] = { status: "crashed", crashes: agent.crashes + counts, at: 0, seen: null, awarded: false };
  return true;
}

function crashAll(protocol: Protocol, world: World): boolean {
  const running = Object.keys(world.agents).filter((name) => world.agents[name]?.status === "running");
  if (world.crashesLeft === 0 || running.length < 2) return false;
  for (const name of running) crash(protocol, world, name, 0);
  world.crashesLeft--;
  return true;
}

/** From the beginning, with what the log says; one that crashed too often has ended for good. */
function recover(world: World, name: string): boolean {
  const agent = world.agents[name];
  if (agent?.status !== "crashed") return false;
  const failed = agent.crashes >= GIVES_UP_AFTER;
  world.agents[name] = { ...agent, status: failed ? "ended" : "running" };
  if (failed) world.log.ended[name] = "failed";
  return true;
}
