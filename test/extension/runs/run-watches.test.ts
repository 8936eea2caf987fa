import { expect, it } from "vitest";
import type { Daemon } from "../../../extension/daemon/daemon.ts";
import { RunWatches } from "../../../extension/runs/run-watches.ts";

function recorded() {
  const sent: string[] = [];
  let reconnect = () => {};
  const daemon = {
    state: "connected",
    request: async (name: string, params: { runId: string; after?: number }) => {
      sent.push(`${name} ${params.runId}${params.after === undefined ? "" : ` ${params.after}`}`);
      return {};
    },
    onConnected: (listener: () => void) => {
      reconnect = listener;
      return () => {};
    },
  };
  return { sent, watches: new RunWatches(daemon as unknown as Daemon), reconnect: () => reconnect() };
}

it("shares one watch, and ends it when the last who wants it leaves", async () => {
  const { sent, watches } = recorded();
  const [panel, design] = [{}, {}];
  await watches.take("r", panel, 5);
  await watches.join("r", design, 9);
  await watches.release("r", panel);
  expect(sent).toEqual(["run/watch r 5"]);
  await watches.release("r", design);
  await watches.release("r", design);
  expect(sent).toEqual(["run/watch r 5", "run/unwatch r"]);
});

it("watches anew for who needs events from an earlier one on", async () => {
  const { sent, watches } = recorded();
  await watches.join("r", {}, 9);
  await watches.take("r", {}, 5);
  expect(sent).toEqual(["run/watch r 9", "run/watch r 5"]);
});

it("watches again over another connection", async () => {
  const { sent, watches, reconnect } = recorded();
  const design = {};
  await watches.join("r", design, 1);
  await watches.join("r", design, 2);
  reconnect();
  await watches.join("r", design, 3);
  expect(sent).toEqual(["run/watch r 1", "run/watch r 3"]);
});
