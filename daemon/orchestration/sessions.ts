/** Sessions as people see them: made before their first run or with it, named, set, listed, and taken out of the list. */
import type { Answer, Params, SessionSummary } from "../../protocol/index.ts";
import { nexusError } from "../../protocol/index.ts";
import type { SessionDetails, SessionEntry } from "../store/store.ts";
import type { RunDependencies } from "./dependencies.ts";
import { checkedWorkspace } from "./workspace.ts";

const TITLE = 80;

type Wish = Pick<Params<"session/update">, "title" | "settings">;

export interface SessionService {
  create(params: Params<"session/create">): Promise<Answer<"session/create">>;
  list(params: Params<"session/list">): Promise<Answer<"session/list">>;
  show(params: Params<"session/show">): Promise<Answer<"session/show">>;
  update(params: Params<"session/update">): Promise<Answer<"session/update">>;
  delete(params: Params<"session/delete">): Promise<Answer<"session/delete">>;
}

export function createSessionService(
  dependencies: Pick<RunDependencies, "store" | "clock" | "newId" | "redactor">,
): SessionService {
  const { store, clock, newId, redactor } = dependencies;

  async function entryOf(sessionId: string): Promise<SessionEntry> {
    const entry = await store.sessions.entry(sessionId);
    if (entry === undefined) throw nexusError("session.unknown", sessionId);
    return entry;
  }
  const shown = async (sessionId: string) => ({ session: summaryOf(await entryOf(sessionId)) });
  const detailsOf = ({ title, settings }: Wish): SessionDetails => ({
    ...(title === undefined ? {} : { title: redactor.redact(title) }),
    ...(settings === undefined ? {} : { settings }),
  });

  return {
    async create({ workspace, ...params }) {
      const session = { sessionId: newId(), workspace: await checkedWorkspace(workspace), createdAt: clock.iso() };
      const details = detailsOf(params);
      await store.sessions.create({ ...session, mode: params.settings?.mode ?? "act" }, details);
      return shown(session.sessionId);
    },
    async list({ workspace, cursor, limit = 50 }) {
      const { entries, nextCursor } = await store.sessions.list({
        limit,
        ...(workspace === undefined ? {} : { workspace }),
        ...(cursor === undefined ? {} : { cursor }),
      });
      return { sessions: entries.map(summaryOf), nextCursor };
    },
    show: ({ sessionId }) => shown(sessionId),
    async update({ sessionId, reset = [], ...params }) {
      const { details } = await entryOf(sessionId);
      const change = detailsOf(params);
      const settings = { ...details.settings };
      for (const name of reset) delete settings[name];
      await store.sessions.change(sessionId, { ...details, ...change, settings: { ...settings, ...change.settings } });
      return shown(sessionId);
    },
    async delete({ sessionId }) {
      await entryOf(sessionId);
      await store.sessions.remove(sessionId);
      return {};
    },
  };
}

function summaryOf({ session, details, firstPrompt, updatedAt }: SessionEntry): SessionSummary {
  const { mode, ...as } = session;
  const title = details.title ?? titleOf(firstPrompt ?? "");
  return { ...as, title, settings: { ...details.settings, mode }, updatedAt };
}

/** The first line of a prompt that says anything. */
function titleOf(prompt: string): string {
  const line = prompt.split("\n").find((text) => text.trim() !== "") ?? "";
  const words = line.trim();
  return words.length <= TITLE ? words : `${words.slice(0, TITLE - 1)}…`;
}
