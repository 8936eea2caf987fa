/** Who wants a run's events. The daemon knows one watch a run for the whole window, so the last to leave ends it. */
import type { Daemon } from "../daemon/daemon.ts";

export class RunWatches {
  readonly #daemon: Pick<Daemon, "request" | "onConnected" | "state">;
  readonly #holders = new Map<string, Set<object>>();
  /** Runs that the daemon watches over the present connection. */
  readonly #live = new Set<string>();

  constructor(daemon: Pick<Daemon, "request" | "onConnected" | "state">) {
    this.#daemon = daemon;
    daemon.onConnected(() => this.#live.clear());
  }

  /** Events after that number come to everybody who listens. Rejects with a NexusError. */
  async take(runId: string, holder: object, after: number): Promise<void> {
    this.#holders.set(runId, (this.#holders.get(runId) ?? new Set()).add(holder));
    await this.#daemon.request("run/watch", { runId, after });
    // Only now: the request may have failed, or have made the connection first.
    this.#live.add(runId);
    if (!this.#holders.has(runId)) await this.#end(runId);
  }

  /** For those who need no event twice and none from before: a watch that others hold is as good. */
  async join(runId: string, holder: object, after: number): Promise<void> {
    if (this.#live.has(runId)) this.#holders.set(runId, (this.#holders.get(runId) ?? new Set()).add(holder));
    else await this.take(runId, holder, after);
  }

  async release(runId: string, holder: object): Promise<void> {
    const holders = this.#holders.get(runId);
    if (holders === undefined || !holders.delete(holder) || holders.size > 0) return;
    this.#holders.delete(runId);
    await this.#end(runId);
  }

  async #end(runId: string): Promise<void> {
    if (this.#live.delete(runId) && this.#daemon.state === "connected")
      await this.#daemon.request("run/unwatch", { runId });
  }
}
