/** Work that takes time, told to the client as `$/progress`, and cancelled from there. */
import { randomUUID } from "node:crypto";
import type { ClientCapabilities, Connection } from "vscode-languageserver/node";
import * as z from "zod/mini";
import type { Clock } from "../../host/clock.ts";
import type { Progress, Progresses, ProgressOptions } from "./feature.ts";

export interface OwnedProgresses extends Progresses {
  /** Of window/workDoneProgress/cancel. */
  cancelled(params: unknown): void;
}

type Token = string | number;

const Cancelled = z.object({ token: z.union([z.string(), z.int()]) });
/** Reports that come faster are passed over: the next one says more. */
const BETWEEN_MS = 50;

export function createProgresses(
  connection: Connection,
  capabilities: ClientCapabilities,
  clock: Pick<Clock, "monotonic">,
): OwnedProgresses {
  const running = new Map<Token, AbortController>();

  /** Undefined where the client can show none. */
  async function tokenFor({ workDoneToken }: ProgressOptions): Promise<Token | undefined> {
    if (workDoneToken !== undefined) return workDoneToken;
    if (capabilities.window?.workDoneProgress !== true) return undefined;
    const token = `nexus-${randomUUID()}`;
    return connection.sendRequest("window/workDoneProgress/create", { token }).then(
      () => token,
      () => undefined,
    );
  }

  function progressOf(token: Token | undefined, controller: AbortController, signal: AbortSignal): Progress {
    let isDone = false;
    let lastAt = Number.NEGATIVE_INFINITY;
    const tell = (value: object) => {
      if (token !== undefined) void connection.sendNotification("$/progress", { token, value }).catch(() => undefined);
    };
    return {
      signal,
      report(message, percent) {
        if (isDone || clock.monotonic() - lastAt < BETWEEN_MS) return;
        lastAt = clock.monotonic();
        const percentage = percent === undefined ? {} : { percentage: Math.min(100, Math.max(0, Math.round(percent))) };
        tell({ kind: "report", message, ...percentage });
      },
      done(message) {
        if (isDone) return;
        isDone = true;
        if (token !== undefined && running.get(token) === controller) running.delete(token);
        tell({ kind: "end", ...(message === undefined ? {} : { message }) });
      },
    };
  }

  return {
    async begin(title, options) {
      const token = await tokenFor(options);
      const controller = new AbortController();
      if (token !== undefined) {
        running.set(token, controller);
        const message = options.message === undefined ? {} : { message: options.message };
        const value = { kind: "begin", title, cancellable: true, ...message };
        void connection.sendNotification("$/progress", { token, value }).catch(() => undefined);
      }
      return progressOf(token, controller, AbortSignal.any([options.signal, controller.signal]));
    },
    cancelled(params) {
      const read = Cancelled.safeParse(params);
      if (read.success) running.get(read.data.token)?.abort();
    },
  };
}
