/** docs/settings.md: the daemon's settings from the table here (a test holds it against the code), the editor's from its manifest. */
import { readFileSync } from "node:fs";

interface Setting {
  readonly variable?: string;
  /** Its name in settings.json. */
  readonly name?: string;
  readonly meaning: string;
  readonly otherwise: string;
}

export const SETTINGS: readonly Setting[] = [
  {
    variable: "NEXUS_PROVIDER",
    name: "provider",
    meaning:
      "who answers: `openai`, `anthropic`, `openai-compatible`, `ollama`, `editor` ([editor-models.md](editor-models.md)) or `replay`",
    otherwise: "whoever a key or an address below names",
  },
  {
    variable: "NEXUS_MODEL",
    name: "model",
    meaning: "the model's name as its provider knows it",
    otherwise: "one for each provider",
  },
  {
    name: "models",
    meaning:
      "models of the same provider for easy, usual and hard tasks of a plan ([planning.md](planning.md)): `low`, `medium`, `high`, each of which may be left out",
    otherwise: "the model does all of them",
  },
  {
    variable: "OPENAI_API_KEY",
    name: "apiKey",
    meaning: "key for `openai` and `openai-compatible`",
    otherwise: "none",
  },
  { variable: "ANTHROPIC_API_KEY", name: "apiKey", meaning: "key for `anthropic`", otherwise: "none" },
  {
    variable: "OPENAI_BASE_URL",
    name: "baseUrl",
    meaning: "address for `openai` and `openai-compatible`, with `/v1` where the server has it",
    otherwise: "OpenAI's own",
  },
  { variable: "ANTHROPIC_BASE_URL", name: "baseUrl", meaning: "address for `anthropic`", otherwise: "Anthropic's own" },
  { variable: "OLLAMA_HOST", name: "baseUrl", meaning: "address for `ollama`", otherwise: "`http://127.0.0.1:11434`" },
  {
    variable: "NEXUS_PRICE",
    name: "price",
    meaning: '“input,output” in USD per million tokens; in the file `{ "input": 1, "output": 4 }`',
    otherwise: "the price table; a model that is not in it needs a price before it is asked",
  },
  {
    variable: "NEXUS_WINDOW",
    name: "windowTokens",
    meaning:
      "tokens, 4000 or more, that a request and its answer may have together; what a local model was loaded with",
    otherwise: "the model's own, or 90 000 if that is less or nobody knows",
  },
  {
    variable: "NEXUS_BUDGET",
    name: "budgetUsd",
    meaning: "the most that a run may cost, in USD; `--budget` comes first",
    otherwise: "no limit",
  },
  {
    name: "policy",
    meaning: "what an agent may do: `allow`, `ask` or `deny` by kind, and single `rules`; see [policy.md](policy.md)",
    otherwise: "see each run's `policy` in `nexus runs show RUN --json`",
  },
  {
    variable: "NEXUS_RECORD",
    name: "recordFile",
    meaning: "file to which every exchange with the model is added",
    otherwise: "none",
  },
  {
    variable: "NEXUS_REPLAY",
    name: "replayFile",
    meaning: "recording from which the provider `replay` answers",
    otherwise: "none",
  },
  {
    variable: "NEXUS_HOME",
    meaning: "the data folder: database, logs, `settings.json`",
    otherwise: "`~/.local/share/nexus`, `~/Library/Application Support/Nexus`, `%LOCALAPPDATA%\\Nexus`",
  },
  {
    variable: "NEXUS_IDLE_MS",
    name: "idleExitMs",
    meaning: "milliseconds, 100 or more, after which a daemon without clients and runs ends",
    otherwise: "15 minutes",
  },
  {
    name: "checkpoints",
    meaning: "`days` and `maxBytes` of checkpoints that are kept of ended runs: see [rewind](rewind.md)",
    otherwise: "30 days, 2 GiB in a repository",
  },
  {
    name: "embedding",
    meaning: "which model makes vectors of the code, and which store keeps them: see [vectors](vectors.md)",
    otherwise: "the built-in table: nothing leaves the machine",
  },
  {
    name: "mcpServers",
    meaning: "MCP servers whose tools agents may ask for: see [MCP servers](mcp-servers.md)",
    otherwise: "none",
  },
  {
    name: "team",
    meaning:
      "how the tasks of one run work side by side: `concurrency` (at once, 1 to 16), `silenceMinutes` (after which an agent that gives no sign of life is stopped), `leastCoverage` (of 100 lines that a task wrote, how many tests must reach; 0 demands nothing): see [team](team.md) and [evidence](evidence.md#coverage)",
    otherwise: "4 at once, 20 minutes, 1 in 100",
  },
  {
    name: "metagpt",
    meaning:
      "`python`: the absolute path of the interpreter that MetaGPT is installed for ([metagpt-adapter.md](metagpt-adapter.md))",
    otherwise: "what `metagpt` on the PATH starts with, then `python3` and its like",
  },
  {
    name: "a2a",
    meaning: 'take tasks over A2A for one folder, `{ "workspace": "DIR", "port": 0 }`: see [A2A](a2a.md)',
    otherwise: "none are taken",
  },
  {
    name: "webSocket",
    meaning:
      'take clients over WebSockets on this machine, `{ "port": 7420, "origins": [] }`; `origins`: the web pages that may connect: see [clients](clients.md#over-websockets)',
    otherwise: "none are taken",
  },
  {
    name: "scheduling",
    meaning:
      "how much is done at a time: `runs`, `tasks`, `providers` (calls at a time by provider, `default` for the others), `queue` (runs that may wait), `ageMs`: see [scheduling](scheduling.md)",
    otherwise: "16 runs, 16 tasks, 16 calls to a provider (2 to `ollama`), a queue of 1000, one minute",
  },
];

const INTRODUCTION = `# Settings

A setting comes from the environment, else from \`settings.json\` in the data folder, else it has a default. The file must be
yours alone to write, and yours alone to read when it holds a key. Nothing is ever read from a workspace: a repository cannot
choose a model, an address or a policy for you. A value that cannot be used is an error that names the setting and what it
accepts; so is a setting that does not exist.
`;

const PROVIDER = `## Which provider

\`NEXUS_PROVIDER\`, else \`provider\` in the file; else \`replay\` if \`NEXUS_REPLAY\` is set, \`openai\` if \`OPENAI_BASE_URL\` or
\`OPENAI_API_KEY\` is, \`anthropic\` if \`ANTHROPIC_API_KEY\` or \`ANTHROPIC_BASE_URL\` is, \`ollama\` if \`OLLAMA_HOST\` is. What the file
says of one provider (model, address, key) is not used for another.

## Whose model a run uses

The daemon lives long, and its environment is that of whoever started it. A run should use the model of whoever asks for it, so
the command line sends its own model settings, key included, with \`run/start\` and \`run/resume\`. The key is kept in the daemon's
memory for that run only: it is never logged, never stored, and not in the event log. If a new daemon takes the run up it
needs the key again: a watching command line brings it, and otherwise the run waits, suspended, for \`nexus runs resume\`.

\`model/configure\` sets the daemon's own model, for runs that bring none; the editor uses it. An empty text takes a value back.
Once the daemon has read its keys it removes them from its environment, so that no child process can see them.
`;

interface Property {
  readonly default?: unknown;
  readonly description?: string;
  readonly markdownDescription?: string;
}

export function settingsPage(): string {
  const rows = SETTINGS.map(({ variable, name, meaning, otherwise }) =>
    row([code(variable), code(name), meaning, otherwise]),
  );
  const table = [row(["variable", "in settings.json", "meaning", "when left out"]), "|---|---|---|---|", ...rows, ""];
  const editor = Object.entries(editorSettings()).map(([name, property]) =>
    row([code(name), property.markdownDescription ?? property.description ?? "", defaultText(property.default)]),
  );
  const editorTable = ["## In VS Code\n", row(["setting", "meaning", "default"]), "|---|---|---|", ...editor, ""];
  return [INTRODUCTION, ...table, PROVIDER, ...editorTable].join("\n");
}

function editorSettings(): Record<string, Property> {
  const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  return manifest.contributes.configuration.properties;
}

function defaultText(value: unknown): string {
  return value === "" || value === null || value === undefined ? "empty" : code(JSON.stringify(value));
}

function code(text: string | undefined): string {
  return text === undefined ? "" : `\`${text}\``;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}
