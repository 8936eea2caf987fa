/** All that the daemon asks of its clients, behind the ports of those who want it asked. */
import type { Clock } from "../../host/clock.ts";
import type { Log } from "../../observability/log.ts";
import type { RunService } from "../../orchestration/run-service.ts";
import type { Clients } from "../rpc/clients.ts";
import { askApprovals } from "./approvals.ts";
import { createChoice } from "./choice.ts";
import { type ClientDocuments, createClientDocuments } from "./documents.ts";
import { type ClientModels, createClientModels } from "./models.ts";
import { showCommands } from "./terminals.ts";

export interface AskedClients {
  readonly models: ClientModels;
  readonly documents: ClientDocuments;
  /** The run was started, or resumed, over this connection: it is asked first. */
  startedBy(runId: string, connectionId: string): void;
  /** Asks and tells clients what happens in runs from now on; the function ends it. */
  follow(service: RunService, log: Log): () => void;
}

export function createAskedClients(
  clients: Clients,
  { clock, newId }: { readonly clock: Clock; readonly newId: () => string },
): AskedClients {
  const choice = createChoice(clients);
  return {
    models: createClientModels({ choice, clock, newId }),
    documents: createClientDocuments(choice),
    startedBy: choice.startedBy,
    follow(service, log) {
      const ends = [askApprovals(service, choice, log), showCommands(service, choice)];
      return () => {
        for (const end of ends) end();
      };
    },
  };
}
