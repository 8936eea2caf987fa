/**
 * A message is one value: its wire name, who sends it, and the schemas of what it carries.
 * Handlers, clients, validation and `docs/protocol.md` are all derived from these values.
 */
import type * as z from "zod/mini";

export type Direction = "clientToDaemon" | "daemonToClient";

export interface RequestMessage<
  Name extends string = string,
  Params extends z.ZodMiniType = z.ZodMiniType,
  Result extends z.ZodMiniType = z.ZodMiniType,
> {
  readonly type: "request";
  readonly name: Name;
  readonly direction: Direction;
  readonly summary: string;
  readonly params: Params;
  readonly result: Result;
}

export interface NotificationMessage<Name extends string = string, Params extends z.ZodMiniType = z.ZodMiniType> {
  readonly type: "notification";
  readonly name: Name;
  readonly direction: Direction;
  readonly summary: string;
  readonly params: Params;
}

/** A request from a client that the daemon answers. */
export function request<Name extends string, Params extends z.ZodMiniType, Result extends z.ZodMiniType>(
  name: Name,
  summary: string,
  params: Params,
  result: Result,
): RequestMessage<Name, Params, Result> {
  return { type: "request", name, direction: "clientToDaemon", summary, params, result };
}

/** A request from the daemon that a client answers. */
export function reverseRequest<Name extends string, Params extends z.ZodMiniType, Result extends z.ZodMiniType>(
  name: Name,
  summary: string,
  params: Params,
  result: Result,
): RequestMessage<Name, Params, Result> {
  return { type: "request", name, direction: "daemonToClient", summary, params, result };
}

/** A message from the daemon that nobody answers. */
export function notification<Name extends string, Params extends z.ZodMiniType>(
  name: Name,
  summary: string,
  params: Params,
): NotificationMessage<Name, Params> {
  return { type: "notification", name, direction: "daemonToClient", summary, params };
}
