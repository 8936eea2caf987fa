import { expect, it } from "vitest";
import type { Daemon } from "../../../extension/daemon/daemon.ts";
import { RunWatches } from "../../../extension/runs/run-watches.ts";

function recorded() {
  const sent: string[] = [];
  let reconnect = () => {};
  const daemon = {
    state: "connected",
    request: async (name: string, params: { runId: string; after?: number }) => {
      if (params.after === 404) throw new Error("no such run");
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

it("does not take a watch that failed for one", async () => {
  const { sent, watches } = recorded();
  await expect(watches.join("r", {}, 404)).rejects.toThrow("no such run");
  await watches.join("r", {}, 1);
  expect(sent).toEqual(["run/watch r 1"]);
});

it("ends a watch whose holder left while it began", async () => {
  const { sent, watches } = recorded();
  const panel = {};
  const begun = watches.take("r", panel, 1);
  await watches.release("r", panel);
  await begun;
  expect(sent).toEqual(["run/watch r 1", "run/unwatch r"]);
});

it("knows a watch that made the connection itself", async () => {
  const { sent, watches, reconnect } = recorded();
  const panel = {};
  const begun = watches.take("r", panel, 1);
  reconnect();
  await begun;
  await watches.release("r", panel);
  expect(sent).toEqual(["run/watch r 1", "run/unwatch r"]);
});
