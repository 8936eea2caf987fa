/** Package managers: what runs the project's own scripts, what fetches, what publishes. */
import { type Call, type Finding, type Grammars, unknown } from "../finding.ts";
import type { ShellWord } from "../shell-word.ts";
import { isProjectTool } from "./project.ts";

const SCRIPTS = new Set(
  "test t tst run run-script start stop restart build lint dev check format typecheck".split(" "),
);
const FETCHES = new Set(
  `install i in add ci clean-install update upgrade up outdated audit view v info show search fund link init create dlx x login
   logout whoami ping team token owner access dist-tag deprecate star profile org hook import patch fetch dedupe rebuild
   uninstall remove rm un r prune self-update global exec`.split(/\s+/),
);
const PUBLISHES = new Set(["publish", "unpublish"]);

/** Options in front of the sub-command that only change what is printed. */
const QUIET = new Set([
  "--silent",
  "-s",
  "--quiet",
  "-q",
  "--loglevel=error",
  "--loglevel=silent",
  "--no-color",
  "--if-present",
  "--no-update-notifier",
  "--no-audit",
  "--no-fund",
]);

function packageManager({ name, args, ...call }: Call): Finding | Promise<Finding> {
  let rest = args;
  let folder: ShellWord | undefined;
  for (;;) {
    const value = rest[0]?.value;
    if (value != null && QUIET.has(value)) rest = rest.slice(1);
    else if (value === "--prefix" || value === "-C" || value === "--dir" || value === "--cwd") {
      folder = rest[1];
      rest = rest.slice(2);
    } else if (value === "-w" || value === "--workspace" || value === "--filter" || value === "-F")
      rest = rest.slice(2);
    else if (value != null && /^--(?:workspace|filter)=/.test(value)) rest = rest.slice(1);
    else break;
  }
  const finding = subCommand(name, rest, call);
  if (folder === undefined) return finding;
  return finding instanceof Promise ? finding.then((found) => ({ ...found, folder })) : { ...finding, folder };
}

function subCommand(
  name: string,
  args: readonly ShellWord[],
  call: Omit<Call, "name" | "args">,
): Finding | Promise<Finding> {
  const [first, ...rest] = args;
  const command = first?.value;
  if (first === undefined)
    return name === "npm" ? { effect: "reads", why: "prints how npm is used" } : fetches(name, "install");
  if (command == null) return unknown("its sub-command is known only to the shell");
  if (isVersion(args)) return { effect: "reads", why: `tells the version of ${name}` };
  if (["ls", "list", "ll", "la", "why", "explain", "root", "bin", "prefix", "help"].includes(command))
    return lists(name, command, rest);
  const asked = rest.map(({ value }) => value ?? "").join(" ");
  if (name === "npm" && command === "pkg" && /^get(?: \w[\w.-]*)*$/.test(asked))
    return { effect: "reads", why: "prints package.json" };
  if (name === "npm" && command === "config" && /^get (?:registry|prefix|cache|node-version)$/.test(asked))
    return { effect: "reads", why: "prints a setting" };
  if (PUBLISHES.has(command)) return { effect: "destructive", why: `${name} ${command} changes what everybody gets` };
  if (SCRIPTS.has(command)) return script(command, rest);
  if (command === "exec") return started(name, rest, call);
  if (FETCHES.has(command)) return fetches(name, command);
  // yarn, pnpm and bun run a script by its name alone; npm does not.
  if (name !== "npm" && /^[\w:.-]+$/.test(command) && !command.startsWith("-")) return script(command, rest);
  return unknown(`${name} ${command} is not known to be harmless`);
}

function isVersion(args: readonly ShellWord[]): boolean {
  return args.length === 1 && ["--version", "-v", "-V", "version"].includes(args[0]?.value ?? "");
}

function lists(name: string, command: string, rest: readonly ShellWord[]): Finding {
  const isPlain = rest.every(
    ({ value }) =>
      value !== null &&
      (!value.startsWith("-") ||
        /^--?(?:depth(?:=\d+)?|json|long|all|a|l|g|global|parseable|prod|dev|omit=dev)$/.test(value)),
  );
  return isPlain
    ? { effect: "reads", why: `${name} ${command} lists packages` }
    : unknown("its options are not known to be harmless");
}

function script(command: string, rest: readonly ShellWord[]): Finding {
  // Behind the script's name everything is for the script; in front of it options could replace the shell that runs it.
  const isRun = command === "run" || command === "run-script";
  const option = isRun ? rest.find(({ value }) => value === null || !QUIET.has(value))?.value : rest[0]?.value;
  if (
    rest.some(({ value }) =>
      /^--(?:script-shell|node-options|userconfig|globalconfig|prefix|require|eval)/.test(value ?? ""),
    )
  )
    return unknown("one of its options can run something else");
  if (isRun && option === undefined) return { effect: "reads", why: "lists the project's scripts" };
  if (isRun && (option == null || !/^[\w:@][\w:.@-]*(?:\/[\w:@-][\w:.@-]*)*$/.test(option)))
    return unknown("the script's name is not plain");
  return { effect: "project", why: `runs the project's script ${isRun ? option : command}` };
}

function fetches(name: string, command: string): Finding {
  return { effect: "network", why: `${name} ${command} fetches packages, whose scripts may run` };
}

/** A tool that is installed in the workspace is the project's; another one would be fetched. */
async function started(
  name: string,
  args: readonly ShellWord[],
  { isInstalled }: Pick<Call, "isInstalled">,
): Promise<Finding> {
  const rest = [...args];
  let mayFetch = true;
  while (
    rest[0]?.value != null &&
    ["--no-install", "--no", "--offline", "--", "--quiet", "-q"].includes(rest[0].value)
  ) {
    if (["--no-install", "--no", "--offline"].includes(rest[0].value)) mayFetch = false;
    rest.shift();
  }
  const tool = rest[0];
  if (tool?.value == null || tool.value.startsWith("-")) return unknown(`what ${name} would run is not plain`);
  if (mayFetch && !(await isInstalled(tool.value)))
    return { effect: "network", why: `fetches ${tool.value} and runs it`, starts: [rest] };
  const effect = "project";
  const why = `runs ${tool.value} of the project`;
  return isProjectTool(tool.value) || !(await isInstalled(tool.value))
    ? { effect, why, starts: [rest] }
    : { effect, why };
}

const npx = ({ name, args, ...call }: Call) =>
  isVersion(args) ? { effect: "reads" as const, why: "tells a version" } : started(name, args, call);

const pip = ({ args }: Call): Finding => {
  const command = args[0]?.value;
  if (
    command === "list" ||
    command === "freeze" ||
    command === "show" ||
    command === "--version" ||
    command === "-V" ||
    command === "check"
  )
    return args.slice(1).every(({ value }) => value !== null && !value.startsWith("-"))
      ? { effect: "reads", why: "lists packages" }
      : unknown("its options are not known to be harmless");
  return { effect: "network", why: "fetches packages, whose scripts may run" };
};

const other =
  (reads: RegExp) =>
  ({ name, args }: Call): Finding =>
    args.length > 0 &&
    reads.test(args[0]?.value ?? "") &&
    args.slice(1).every(({ value }) => value !== null && !value.startsWith("-"))
      ? { effect: "reads", why: `${name} lists` }
      : { effect: "network", why: `${name} fetches or changes packages` };

export const packageTools: Grammars = {
  npm: packageManager,
  pnpm: packageManager,
  yarn: packageManager,
  bun: packageManager,
  npx,
  pnpx: npx,
  bunx: npx,
  pip,
  pip3: pip,
  ...Object.fromEntries(
    [
      "brew",
      "apt",
      "apt-get",
      "dnf",
      "yum",
      "pacman",
      "apk",
      "port",
      "choco",
      "winget",
      "scoop",
      "snap",
      "flatpak",
      "gem",
      "composer",
      "poetry",
      "pipx",
      "conda",
      "mamba",
      "nuget",
      "cpan",
      "luarocks",
    ].map((name) => [name, other(/^(?:--version|list)$/)]),
  ),
};
