/** Builds, tests, linters: they run the project's own code, whatever their options. Some options lead out of that. */
import { type Call, type Finding, type Grammar, type Grammars, unknown } from "../finding.ts";
import type { ShellWord } from "../shell-word.ts";

/** Tools that read the project's configuration and run what it names. */
const TOOLS =
  `pytest tox nox tsc eslint prettier biome vitest jest mocha ava tap playwright cypress karma rollup webpack vite esbuild swc tsup tsx ts-node
   ruff black isort mypy pyright pylint flake8 bandit coverage rubocop rspec rake phpunit phpstan ctest cmake ninja meson bazel buck2
   golangci-lint staticcheck gofmt gofumpt goimports stylelint markdownlint oxlint knip depcheck turbo nx lerna next astro svelte-check
   vue-tsc dprint c8 nyc ember ng gulp grunt storybook swift-format clang-format clang-tidy ktlint detekt sbt lein mix rebar3 zig dart flutter
   hatch pre-commit shellcheck shfmt hadolint yamllint`.split(/\s+/);

/** Options that name code, a configuration of elsewhere, or a place to write to are for a person to see. */
const LEADS_OUT =
  /^--?(?:eval|require|import|loader|inspect|node-options|exec|init-file|rcfile|plugin|rulesdir|resolve-plugins-relative-to|global)(?:[=-]|$)/;

function runs(why: string): (call: Call) => Finding {
  return ({ name, args }: Call): Finding => {
    if (isVersion(args)) return { effect: "reads", why: `tells the version of ${name}` };
    const bad = args.find(({ value }) => LEADS_OUT.test(value ?? ""));
    if (bad !== undefined) return unknown(`its option ${bad.written} can run something else`);
    if (args.some((word) => leadsOut(word))) return unknown("one of its arguments leads out of the workspace");
    return { effect: "project", why };
  };
}

function leadsOut({ value, written }: ShellWord): boolean {
  const text = value ?? written;
  return /(?:^(?:-\w)?|[=:])(?:\/|~)/.test(text) || /(?:^|[/=])\.\.(?:\/|$)/.test(text) || value === null;
}

export function isVersion(args: readonly ShellWord[]): boolean {
  return args.length === 1 && ["--version", "-V", "--help"].includes(args[0]?.value ?? "");
}

export function isProjectTool(name: string): boolean {
  return TOOLS.includes(name);
}

/** Sub-commands: the project's, those that fetch, those that look, those that others see. */
interface Subcommands {
  readonly project: string;
  readonly network?: string;
  readonly reads?: string;
  readonly destructive?: string;
}

function bySubcommand({ project, network = "", reads = "", destructive = "" }: Subcommands): Grammar {
  const is = (list: string, word: string) => list.split(" ").includes(word);
  return (call: Call): Finding => {
    const { name, args } = call;
    const command = args.find(({ value }) => value === null || !/^[+-]/.test(value))?.value;
    if (isVersion(args) || (args.length === 1 && args[0]?.value === "-v"))
      return { effect: "reads", why: `tells the version of ${name}` };
    if (name === "go" && command === "env" && args.slice(1).every(({ value }) => /^GO[A-Z]+$/.test(value ?? "")))
      return { effect: "reads", why: "prints settings of go" };
    if (command == null) return unknown(`what ${name} would do is not plain`);
    if (is(destructive, command))
      return { effect: "destructive", why: `${name} ${command} changes what others see or cannot be undone` };
    if (is(network, command)) return { effect: "network", why: `${name} ${command} fetches` };
    if (args[0]?.value !== command) return unknown(`an option of ${name} stands where it can change what is run`);
    if (is(reads, command) && args.slice(1).every(({ value }) => value !== null && !/^-|[/\\]/.test(value)))
      return { effect: "reads", why: `${name} ${command} looks` };
    if (!is(project, command)) return unknown(`${name} ${command} is not known to be harmless`);
    const finding = runs(`runs the project's ${command}`)({ ...call, args: args.slice(1) });
    return finding;
  };
}

/** A Makefile's targets are the project's; a file of elsewhere, or code on the line, is not. */
function make({ name, args }: Call): Finding {
  if (isVersion(args)) return { effect: "reads", why: `tells the version of ${name}` };
  const rest = [...args];
  let folder: ShellWord | undefined;
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const value = word.value;
    if (value === null) return unknown("a target is known only to the shell");
    if (value === "-C" || value === "--directory") folder = rest.shift();
    else if (value === "-j" && /^\d+$/.test(rest[0]?.value ?? "")) rest.shift();
    else if (
      !/^(?:-[nskBqij]|-j\d*|--dry-run|--silent|--keep-going|--always-make|--version|--no-print-directory|[A-Za-z0-9][\w.-]*(?:[:/][\w.-]+)*)$/.test(
        value,
      )
    )
      return unknown(`“${word.written}” can run something else`);
  }
  return {
    effect: "project",
    why: "runs targets of the project's Makefile",
    ...(folder === undefined ? {} : { folder }),
  };
}

export const project: Grammars = {
  ...Object.fromEntries(TOOLS.map((name) => [name, runs(`runs the project's ${name}`)])),
  go: bySubcommand({
    project: "build test vet fmt generate",
    network: "get install mod work",
    reads: "version list doc",
  }),
  cargo: bySubcommand({
    project: "build b test t check c clippy fmt bench doc nextest run r",
    network: "add install fetch update search login package vendor",
    reads: "tree metadata version",
    destructive: "publish yank owner",
  }),
  dotnet: bySubcommand({ project: "build test format run", network: "restore add tool nuget new" }),
  swift: bySubcommand({ project: "build test run" }),
  mvn: bySubcommand({
    project: "test compile verify package clean validate install",
    network: "dependency:tree",
    destructive: "deploy release:perform",
  }),
  gradle: bySubcommand({
    project: "test build check assemble clean compileJava classes tasks lint",
    destructive: "publish",
  }),
  deno: bySubcommand({ project: "test check lint fmt task", network: "add install cache" }),
  make,
  gmake: make,
  just: make,
  task: make,
};
