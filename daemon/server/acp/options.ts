/** What can be set for a session: its mode, and the options that clients draw as menus. */
import type { SessionConfigOption, SessionModeState } from "@agentclientprotocol/sdk";
import { type Params, SessionMode, type SessionSettings } from "../../../protocol/index.ts";
import { invalidParams } from "./errors.ts";

const MODES: Record<SessionMode, { readonly name: string; readonly description: string }> = {
  ask: { name: "Ask", description: "Reads only: answers questions and changes nothing." },
  plan: { name: "Plan", description: "Makes a plan and changes nothing." },
  act: { name: "Act", description: "Works in a copy of your folder; you accept the change." },
};

export function modeState({ mode }: SessionSettings): SessionModeState {
  return { currentModeId: mode, availableModes: SessionMode.options.map((id) => ({ id, ...MODES[id] })) };
}

export function modeOf(id: string): SessionMode {
  const mode = SessionMode.safeParse(id);
  if (!mode.success)
    throw invalidParams(`There is no mode “${id.slice(0, 60)}”; there are ${SessionMode.options.join(", ")}.`);
  return mode.data;
}

const BUDGETS = [0.5, 1, 2, 5, 10, 20];
const STANDARD = "standard";
const NO_LIMIT = "none";

const CHANGES: Record<
  NonNullable<SessionSettings["changes"]>,
  { readonly name: string; readonly description: string }
> = {
  ask: { name: "Ask me", description: "Shows the change at the end and asks whether to write it." },
  keep: { name: "Keep it apart", description: "The change waits; /accept writes it." },
  accept: { name: "Write it", description: "Writes it into the folder as soon as the run is done." },
};

/** `models`: names that can be chosen, the client's own first. */
export function configOptions(settings: SessionSettings, models: readonly string[]): SessionConfigOption[] {
  const { mode, changes = "ask" } = settings;
  return [
    {
      type: "select",
      ...{ id: "mode", name: "Mode", category: "mode", currentValue: mode },
      options: SessionMode.options.map((value) => ({ value, ...MODES[value] })),
    },
    ...modelOption(settings, models),
    budgetOption(settings),
    {
      type: "select",
      ...{
        id: "changes",
        name: "Changes",
        description: "What happens with what a run has changed.",
        currentValue: changes,
      },
      options: Object.entries(CHANGES).map(([value, words]) => ({ value, ...words })),
    },
  ];
}

function modelOption({ model }: SessionSettings, models: readonly string[]): SessionConfigOption[] {
  const names = [...new Set([...models, ...(model === undefined ? [] : [model])])];
  const currentValue = model ?? models[0];
  if (currentValue === undefined) return [];
  const options = names.map((value) => ({ value, name: value }));
  return [{ type: "select", id: "model", name: "Model", category: "model", currentValue, options }];
}

function budgetOption({ budgetUsd }: SessionSettings): SessionConfigOption {
  const currentValue = budgetUsd === undefined ? STANDARD : budgetUsd === null ? NO_LIMIT : String(budgetUsd);
  const amounts = [...new Set([...BUDGETS, ...(typeof budgetUsd === "number" ? [budgetUsd] : [])])].sort(
    (a, b) => a - b,
  );
  return {
    type: "select",
    ...{ id: "budget", name: "Budget", description: "The most that each run may cost.", currentValue },
    options: [
      { value: STANDARD, name: "As Nexus is set" },
      ...amounts.map((amount) => ({ value: String(amount), name: `$${amount.toFixed(2)}` })),
      { value: NO_LIMIT, name: "No limit" },
    ],
  };
}

type Chosen = Pick<Params<"session/update">, "settings" | "reset">;

/** What a chosen value means for the session. Throws an error of ACP for what is not on offer. */
export function chosenSetting(
  configId: string,
  value: string | boolean,
  { settings, models }: { readonly settings: SessionSettings; readonly models: readonly string[] },
): Chosen {
  const option = configOptions(settings, models).find(({ id }) => id === configId);
  if (option === undefined) throw invalidParams(`There is no option “${configId.slice(0, 60)}”.`);
  const offered =
    option.type === "select" ? option.options.flatMap((each) => ("value" in each ? [each.value] : [])) : [];
  if (typeof value !== "string" || !offered.includes(value))
    throw invalidParams(`“${String(value).slice(0, 60)}” is no value of ${configId}; there are ${offered.join(", ")}.`);
  switch (configId) {
    case "mode":
      return { settings: { mode: modeOf(value) } };
    case "model":
      return { settings: { model: value } };
    case "budget":
      if (value === STANDARD) return { reset: ["budgetUsd"] };
      return { settings: { budgetUsd: value === NO_LIMIT ? null : Number(value) } };
    default:
      return { settings: { changes: value === "keep" || value === "accept" ? value : "ask" } };
  }
}
