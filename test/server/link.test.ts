import { expect, it, vi } from "vitest";
import { createLink } from "../../daemon/server/link.ts";
import { type ClientConnection, type NexusError, nexusError, type RunEvent } from "../../protocol/index.ts";

/** A daemon of one run: what it was asked, and a way to tell events and to end connections. */
function scene() {
  const connections: { end(): void; tell(event: RunEvent): void; asked: string[] }[] = [];
  let refusal: NexusError | undefined;
  const link = createLink({
    clock: {
      timer(_, callback) {
        queueMicrotask(callback);
        return () => undefined;
      },
    },
    async connect() {
      const listeners = new Set<(params: { event: RunEvent }) => void>();
      let ended: () => void = () => undefined;
      const asked: string[] = [];
      connections.push({
        asked,
        end: () => ended(),
        tell: (event) => {
          for (const listener of listeners) listener({ event });
        },
      });
      return {
        daemon: { version: "1.0.0", buildTime: 1, pid: 1 },
        async request(name: string, params: { after?: number }) {
          asked.push(`${name} ${params.after ?? ""}`.trim());
          if (refusal !== undefined) throw refusal;
          return {};
        },
        on(_: string, listener: (params: { event: RunEvent }) => void) {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
        onClose(listener: () => void) {
          ended = listener;
        },
        close: () => undefined,
      } as unknown as ClientConnection;
    },
  });
  return {
    link,
    connections,
    refuse(error: NexusError) {
      refusal = error;
    },
  };
}

const event = (seq: number) => ({ runId: "r", seq }) as RunEvent;

it("watches again from the last event that was told when the connection was lost", async () => {
  const { link, connections } = scene();
  const seen: number[] = [];
  link.watch("r", 0, ({ seq }) => seen.push(seq));
  await vi.waitFor(() => expect(connections[0]?.asked).toEqual(["run/watch 0"]));
  for (const seq of [1, 2, 3]) connections[0]?.tell(event(seq));
  connections[0]?.end();
  await vi.waitFor(() => expect(connections[1]?.asked).toEqual(["run/watch 3"]));
  for (const seq of [4, 5]) connections[1]?.tell(event(seq));
  expect(seen).toEqual([1, 2, 3, 4, 5]);
});

it("tells a later watcher what it lacks, and nobody anything twice", async () => {
  const { link, connections } = scene();
  const [first, second]: [number[], number[]] = [[], []];
  link.watch("r", 0, ({ seq }) => first.push(seq));
  await vi.waitFor(() => expect(connections[0]?.asked).toEqual(["run/watch 0"]));
  for (const seq of [1, 2, 3]) connections[0]?.tell(event(seq));
  link.watch("r", 1, ({ seq }) => second.push(seq));
  expect(connections[0]?.asked).toEqual(["run/watch 0", "run/watch 1"]);
  for (const seq of [2, 3, 4]) connections[0]?.tell(event(seq));
  expect([first, second]).toEqual([
    [1, 2, 3, 4],
    [2, 3, 4],
  ]);
});

it("unwatches with the last watcher, and says why a run cannot be watched", async () => {
  const { link, connections, refuse } = scene();
  const end = link.watch("r", 0, () => undefined);
  await vi.waitFor(() => expect(connections[0]?.asked).toHaveLength(1));
  end();
  expect(connections[0]?.asked).toEqual(["run/watch 0", "run/unwatch"]);
  refuse(nexusError("run.unknown"));
  const why = await new Promise<string>((resolve) => {
    link.watch(
      "r",
      0,
      () => undefined,
      (error) => resolve(error.value.code),
    );
  });
  expect(why).toBe("run.unknown");
});

/** The requests so far have their answers. */
const answered = () => new Promise((resolve) => setImmediate(resolve));

it("watches again where an event was not told, once, and then says which", async () => {
  const { link, connections } = scene();
  const seen: number[] = [];
  const ended: string[] = [];
  link.watch(
    "r",
    0,
    ({ seq }) => seen.push(seq),
    (error) => ended.push(error.message),
  );
  await vi.waitFor(() => expect(connections[0]?.asked).toEqual(["run/watch 0"]));
  await answered();
  for (const seq of [1, 3]) connections[0]?.tell(event(seq));
  await vi.waitFor(() => expect(connections[0]?.asked).toEqual(["run/watch 0", "run/watch 1"]));
  for (const seq of [2, 3]) connections[0]?.tell(event(seq));
  expect([seen, ended]).toEqual([[1, 2, 3], []]);

  await answered();
  connections[0]?.tell(event(5));
  await vi.waitFor(() => expect(connections[0]?.asked.at(-1)).toBe("run/watch 3"));
  await answered();
  connections[0]?.tell(event(6));
  await vi.waitFor(() => expect(ended).toEqual([expect.stringContaining("Event 4 of the run was not told")]));
  expect(seen).toEqual([1, 2, 3]);
});
