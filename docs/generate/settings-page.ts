/** docs/settings.md. The rows are written by hand; test/daemon/settings-page.test.ts holds them against daemon/settings.ts. */

interface Setting {
  /** The key in settings.json, or null when only the environment has it. */
  readonly key: string | null;
  readonly variable: string | null;
  readonly accepts: string;
  readonly without: string;
  readonly meaning: string;
}

export const SETTINGS: readonly Setting[] = [
  {
    key: "provider",
    variable: "NEXUS_PROVIDER",
    accepts: "`openai`, `anthropic`, `openai-compatible`, `ollama`, `replay`",
    without: "told from the rest, see below",
    meaning: "Who answers.",
  },
  {
    key: "model",
    variable: "NEXUS_MODEL",
    accepts: "the provider's name for a model",
    without: "one that suits the provider; `openai-compatible` has none",
    meaning: "Which model answers.",
  },
  {
    key: "baseUrl",
    variable: "OPENAI_BASE_URL",
    accepts: "an address with `http://` or `https://`, up to and with `/v1`",
    without: "OpenAI's own",
    meaning: "Where `openai` and `openai-compatible` answer.",
  },
  {
    key: "apiKey",
    variable: "OPENAI_API_KEY",
    accepts: "text",
    without: "no key",
    meaning: "Key of `openai` and `openai-compatible`.",
  },
  {
    key: "baseUrl",
    variable: "ANTHROPIC_BASE_URL",
    accepts: "an address with `http://` or `https://`",
    without: "Anthropic's own",
    meaning: "Where `anthropic` answers.",
  },
  { key: "apiKey", variable: "ANTHROPIC_API_KEY", accepts: "text", without: "no key", meaning: "Key of `anthropic`." },
  {
    key: "baseUrl",
    variable: "OLLAMA_HOST",
    accepts: "a host, `host:port` or an address",
    without: "`http://127.0.0.1:11434`",
    meaning: "Where `ollama` answers.",
  },
  {
    key: "price",
    variable: "NEXUS_PRICE",
    accepts: '`input,output` in USD per million tokens; in the file `{"input": 1, "output": 2}`',
    without: "the built-in price table",
    meaning: "What the model costs; `0,0` for a model of your own. A budget needs a known price.",
  },
  {
    key: "budgetUsd",
    variable: "NEXUS_BUDGET",
    accepts: "an amount in USD of 0 or more",
    without: "no limit",
    meaning: "The most that one run may cost; `--budget` comes first.",
  },
  {
    key: "policy",
    variable: null,
    accepts: "an object of `read`, `write`, `protectedWrite`, `test`, `command`, `plan`: `allow`, `ask` or `deny`",
    without: "the defaults",
    meaning: "What runs may do by themselves.",
  },
  {
    key: "recordFile",
    variable: "NEXUS_RECORD",
    accepts: "a file",
    without: "nothing is recorded",
    meaning: "Every exchange with the model is appended to it.",
  },
  {
    key: "replayFile",
    variable: "NEXUS_REPLAY",
    accepts: "a file that was recorded",
    without: "none",
    meaning: "The provider `replay` answers from it.",
  },
  {
    key: "idleExitMs",
    variable: "NEXUS_IDLE_MS",
    accepts: "milliseconds, 100 or more",
    without: "900000 (15 minutes)",
    meaning: "How long a daemon without clients and runs stays.",
  },
  {
    key: null,
    variable: "NEXUS_HOME",
    accepts: "a folder",
    without: "`~/.local/share/nexus`, `~/Library/Application Support/Nexus` or `%LOCALAPPDATA%\\Nexus`",
    meaning: "The data folder: database, log, settings, socket. Each folder has a daemon of its own.",
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

export function settingsPage(): string {
  const rows = SETTINGS.map(({ key, variable, accepts, without, meaning }) => {
    const name = (text: string | null) => (text === null ? "" : `\`${text}\``);
    return `| ${name(variable)} | ${name(key)} | ${meaning} | ${accepts} | ${without} |`;
  });
  const head = ["| variable | in settings.json | meaning | accepts | left out |", "|---|---|---|---|---|"];
  return [INTRODUCTION, ...head, ...rows, "", PROVIDER].join("\n");
}
