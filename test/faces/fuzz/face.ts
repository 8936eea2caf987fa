/** What is tried: a face, its sessions, and how they are looked after. */
import type { Grammar } from "./messages.ts";
import type { Random } from "./random.ts";

/** One client of the face. */
export interface Session {
  /** The process that memory is measured of. */
  readonly pid: number;
  /** Told when the face has ended the connection, with why. */
  readonly ended: Promise<string>;
  /**
   * Complete messages with what the protocol puts around them, or any bytes. `isWhole` false: the rest of a message follows, and
   * what the client answers by itself, such as a ping, may not come between.
   */
  send(bytes: Uint8Array, isWhole?: boolean): void;
  /** Resolves when all that was sent has left; left out: at once. */
  settle?(): Promise<void>;
  /** Resolves when a request that is in order has been answered. */
  probe(): Promise<void>;
  /** Resolves when all of it is gone; rejects when it does not go, or went down. */
  leave(): Promise<void>;
  /** What the face said that is no message. */
  readonly faults: string[];
  /** Answers by what they are: "result", or an error's code. */
  readonly tally: ReadonlyMap<string, number>;
}

export interface Face {
  readonly name: string;
  readonly grammar: Grammar;
  /** Messages that one session may be sent before a new one is to begin; left out: any number. */
  readonly perSession?: number;
  /** Of so many batches one is sent to a client that has not said who it is, and one has damaged bytes. */
  readonly strangerEvery: number;
  /** A message as bytes. */
  frame(text: string): Buffer;
  /** Bytes that are no message, or not this one. */
  damaged(frame: Buffer, random: Random): Buffer;
  /** `isKnown`: after the protocol's greeting. */
  open(isKnown: boolean): Promise<Session>;
  close(): Promise<void>;
}
