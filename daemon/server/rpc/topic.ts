/**
 * What connections ask to be told about: first the whole, then each change. One that does not keep up is told the whole again when it
 * has room, instead of the changes that it missed.
 */
import type { SharedLines } from "../../host/lines.ts";

/** A connection as a topic sees it. */
export interface Listener {
  readonly id: string;
  readonly closed: AbortSignal;
  isFull(): boolean;
  tell(shared: SharedLines): void;
  /** Returns the function that ends it. */
  onDrain(listen: () => void): () => void;
}

export interface Topic {
  /** Told the whole at once; again for one that has joined already. */
  join(listener: Listener): void;
  leave(listener: Listener): void;
  isEmpty(): boolean;
  /** What has changed, for those who have the whole. */
  tell(change: SharedLines): void;
}

interface Member {
  readonly listener: Listener;
  readonly end: () => void;
  /** It lacks the whole. */
  isBehind: boolean;
  isReading: boolean;
}

/** `readWhole` may be slow: what changes meanwhile makes it be read again. */
export function createTopic(readWhole: () => Promise<SharedLines>, onFailure: (error: unknown) => void): Topic {
  const members = new Map<string, Member>();
  let changes = 0;

  async function bringUp(member: Member): Promise<void> {
    if (member.isReading) return;
    member.isReading = true;
    try {
      while (member.isBehind && !member.listener.isFull() && members.get(member.listener.id) === member) {
        const before = changes;
        const whole = await readWhole();
        if (before !== changes) continue;
        member.isBehind = false;
        member.listener.tell(whole);
      }
    } catch (error) {
      onFailure(error);
    } finally {
      member.isReading = false;
    }
  }

  function leave({ id }: Pick<Listener, "id">): void {
    members.get(id)?.end();
    members.delete(id);
  }

  return {
    join(listener) {
      leave(listener);
      if (listener.closed.aborted) return;
      const endDrain = listener.onDrain(() => void bringUp(member));
      const gone = () => leave(listener);
      const member: Member = {
        ...{ listener, isBehind: true, isReading: false },
        end() {
          endDrain();
          listener.closed.removeEventListener("abort", gone);
        },
      };
      listener.closed.addEventListener("abort", gone, { once: true });
      members.set(listener.id, member);
      void bringUp(member);
    },
    leave,
    isEmpty: () => members.size === 0,
    tell(change) {
      changes += 1;
      for (const member of members.values()) {
        if (member.isBehind) continue;
        if (member.listener.isFull()) member.isBehind = true;
        else member.listener.tell(change);
      }
    },
  };
}
