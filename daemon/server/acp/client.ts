/** The client of this connection: what it can do, and how it is told and asked. */
import type { AgentContext, ClientCapabilities, SessionUpdate } from "@agentclientprotocol/sdk";

export interface ClientAbilities {
  readonly readsFiles: boolean;
  readonly writesFiles: boolean;
  /** It shows a form and answers with what was filled in. */
  readonly forms: boolean;
  readonly notices: boolean;
  readonly compaction: boolean;
}

export function abilitiesOf(capabilities: ClientCapabilities | undefined): ClientAbilities {
  const { fs, elicitation, session } = capabilities ?? {};
  return {
    readsFiles: fs?.readTextFile === true,
    writesFiles: fs?.writeTextFile === true,
    forms: elicitation?.form != null,
    notices: session?.notices != null,
    compaction: session?.compaction != null,
  };
}

/** One session's way to the client. */
export interface SessionClient {
  readonly abilities: ClientAbilities;
  readonly context: AgentContext;
  /** Resolves when the update is on its way; in order. Never rejects: a client that is gone hears nothing. */
  tell(updates: readonly SessionUpdate[]): Promise<void>;
}

export function sessionClient(context: AgentContext, sessionId: string, abilities: ClientAbilities): SessionClient {
  return {
    abilities,
    context,
    async tell(updates) {
      for (const update of updates)
        await context.notify("session/update", { sessionId, update }).catch(() => undefined);
    },
  };
}
