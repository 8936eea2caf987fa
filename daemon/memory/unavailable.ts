/** Code memory of a daemon that could not open it: runs go on, every question is answered with the reason. */
import { type ErrorValue, NexusError } from "../../protocol/index.ts";
import type { MemoryService } from "./service.ts";

export function unavailableMemory(reason: ErrorValue): MemoryService {
  const refuse = async (): Promise<never> => {
    throw new NexusError(reason);
  };
  return {
    status: refuse,
    index: refuse,
    forget: refuse,
    unsaved: refuse,
    embedding: refuse,
    learn: refuse,
    search: refuse,
    symbols: refuse,
    uses: refuse,
    impact: refuse,
    connect: refuse,
    map: refuse,
    place: refuse,
    file: refuse,
    hotspots: refuse,
    facts: refuse,
    factAdd: refuse,
    factEdit: refuse,
    factConfirm: refuse,
    factForget: refuse,
    factsExport: refuse,
    factsImport: refuse,
    busy: false,
    onProgress: () => () => undefined,
  };
}
