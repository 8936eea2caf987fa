/** A thread for calls.test.ts: answers, waits, fails and dies on demand. */
import { ownThread } from "../../../daemon/host/threads.ts";
import { serveCalls } from "../../../daemon/memory/thread/calls.ts";
import { nexusError } from "../../../protocol/index.ts";

const own = ownThread();
if (own !== undefined) {
  let cancelled = 0;
  const notify = serveCalls(own, {
    echo: { call: async (params) => params },
    cancelled: { call: async () => cancelled },
    tell: { call: async (params) => notify("told", params) },
    wait: {
      call: (_params, signal) =>
        new Promise((_resolve, reject) => {
          notify("waiting", null);
          signal.addEventListener("abort", () => {
            cancelled++;
            reject(signal.reason);
          });
        }),
    },
    refuse: { call: async () => Promise.reject(nexusError("memory.bad_cursor")) },
    fail: { call: async () => Promise.reject(new Error("something broke")) },
    unclonable: { call: async () => () => 1 },
    die: { call: async () => process.exit(3) },
    throwLater: {
      call: async () => {
        queueMicrotask(() => {
          throw new Error("nobody catches this");
        });
        return new Promise(() => {});
      },
    },
    close: { call: async () => null },
  });
}
