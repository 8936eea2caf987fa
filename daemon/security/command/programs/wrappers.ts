/** Programs that start the program behind their options. Both count. */
import { type Call, type Finding, type Grammar, type Grammars, unknown } from "../finding.ts";
import { parseOptions } from "../options.ts";
import { harmlessSetting } from "../settings.ts";
import { type ShellWord, unknownWord } from "../shell-word.ts";

interface Wrapper {
  readonly names: string;
  readonly options: string;
  /** Operands of its own in front of the command. */
  readonly own?: number;
  readonly why: string;
  /** It changes who runs the command, where, or for how long: never harmless by itself. */
  readonly isGrave?: boolean;
}

const WRAPPERS: readonly Wrapper[] = [
  {
    names: "sudo doas run0 pkexec su runuser",
    options: "-AbEeHKklnPSsVviN -u: -g: -h: -p: -C: -r: -t: -T: -U: -D: -R: --user= --group=",
    why: "runs as another user",
    isGrave: true,
  },
  {
    names: "chroot unshare nsenter setpriv capsh firejail bwrap systemd-run machinectl start-stop-daemon",
    options: "-rmnpUiu --user",
    own: 0,
    why: "runs in another view of the system",
    isGrave: true,
  },
  {
    names: "timeout gtimeout",
    options: "-k: -s: -v --kill-after= --signal= --foreground --preserve-status --verbose",
    own: 1,
    why: "runs with a time limit",
  },
  { names: "nice", options: "-n: -# --adjustment=", why: "runs with a priority" },
  { names: "ionice", options: "-c: -n: -t", why: "runs with a priority" },
  { names: "nohup", options: "", why: "keeps it running when the line has ended", isGrave: true },
  {
    names: "setsid",
    options: "-cfw --ctty --fork --wait",
    why: "lets it run on when the line has ended",
    isGrave: true,
  },
  { names: "stdbuf", options: "-i: -o: -e: --input= --output= --error=", why: "runs with other buffers" },
  { names: "time", options: "-pv", why: "measures the time" },
  { names: "command", options: "-pvV", why: "runs a program" },
  { names: "builtin", options: "", why: "runs a command of the shell" },
  { names: "exec", options: "-cl -a:", why: "replaces the shell" },
  { names: "caffeinate", options: "-disu -t:", why: "keeps the machine awake" },
  { names: "busybox toybox", options: "", why: "runs one of its programs" },
  { names: "unbuffer script-runner chronic ts-run", options: "", why: "runs a program" },
  { names: "strace ltrace", options: "-fqv -e: -s:", why: "watches a program", isGrave: true },
  {
    names: "arch-run linux64 linux32 setarch taskset prlimit chrt numactl",
    options: "-R",
    own: 0,
    why: "runs with other limits",
    isGrave: true,
  },
];

function wrapper({ options, own = 0, why, isGrave = false }: Wrapper): Grammar {
  return ({ name, args }: Call): Finding => {
    const parsed = parseOptions(options, args, true);
    if (!parsed.ok) return hidden(args, parsed.why);
    const looksUp = name === "command" && parsed.given.some((option) => option.name !== "-p");
    if (looksUp) return { effect: "reads", why: "finds programs" };
    const started = parsed.operands.slice(own);
    const finding: Finding = {
      effect: isGrave ? "unknown" : "reads",
      why,
      starts: started.length > 0 ? [started] : [],
    };
    const isSpread = parsed.operands.slice(0, own + 1).some(({ spreads }) => spreads);
    return isSpread ? { ...finding, unclear: "what a program would start is not known" } : finding;
  };
}

/** Its options are not known, so neither is where the command begins: everything from each word on could be it. */
function hidden(args: readonly ShellWord[], why: string): Finding {
  const from = args.findIndex(({ value }) => value !== null && /^[A-Za-z./]/.test(value) && !value.includes("="));
  return {
    ...unknown(why),
    starts: from === -1 ? [] : [args.slice(from)],
    unclear: "where the command behind another begins is not known",
  };
}

function env({ args }: Call): Finding {
  const parsed = parseOptions("-i0v -u: -C: --ignore-environment --unset= --chdir= --null", args, true);
  if (!parsed.ok) return hidden(args, parsed.why);
  const folder = parsed.given.filter(({ name }) => name === "-C" || name === "--chdir").at(-1);
  const rest = [...parsed.operands];
  // A dash alone is -i.
  if (rest[0]?.value === "-") rest.shift();
  let effect: Finding["effect"] = parsed.given.some(({ name }) => name === "-u" || name === "--unset")
    ? "unknown"
    : "reads";
  while (rest[0] !== undefined && (rest[0].value ?? rest[0].written).includes("=")) {
    const [, name = "", value = ""] = /^([^=]*)=(.*)$/s.exec(rest.shift()?.value ?? "") ?? [];
    if (!harmlessSetting(name, value)) effect = "unknown";
  }
  if (rest.length === 0) return unknown("prints the environment, which may hold secrets");
  const at =
    folder === undefined
      ? {}
      : {
          folder:
            folder.value === null
              ? unknownWord("")
              : { ...unknownWord(folder.value), value: folder.value, spreads: false },
        };
  return { effect, why: "runs with another environment", starts: [rest], ...at };
}

/** What comes through the pipe becomes more words, also options. */
function xargs({ args, input }: Call): Finding {
  const parsed = parseOptions(
    "-0prtx -a:< -d: -E: -I: -L: -n: -P: -s: --null --arg-file=< --delimiter= --max-args= --max-procs= --max-lines= --no-run-if-empty --replace= --verbose",
    args,
    true,
  );
  if (!parsed.ok) return hidden(args, parsed.why);
  const mark = parsed.given.find(({ name }) => name === "-I" || name === "--replace")?.value;
  const isPlain = !parsed.given.some(({ name }) => ["-a", "--arg-file", "-d", "--delimiter"].includes(name));
  const any = input !== undefined && isPlain ? { anyOf: input } : {};
  const words = parsed.operands.map((word) =>
    mark != null && word.value?.includes(mark)
      ? { ...unknownWord(word.written, "", false), ...(word.value === mark ? any : {}) }
      : word,
  );
  const started = words.length > 0 ? words : [];
  const more = mark == null ? [{ ...unknownWord("…"), ...any }] : [];
  return {
    effect: "reads",
    why: "runs a program with words from its input",
    touches: parsed.touches,
    starts: started.length > 0 ? [[...started, ...more]] : [],
  };
}

function watch({ args }: Call): Finding {
  const parsed = parseOptions("-bcdegt -n: --interval= --differences --no-title", args, true);
  if (!parsed.ok) return hidden(args, parsed.why);
  const text = parsed.operands.map(({ value }) => value);
  const [first] = parsed.operands;
  if (first === undefined || text.includes(null)) return unknown("what it would run is known only to the shell");
  return {
    ...unknown("runs a line again and again without an end"),
    script: { word: { ...first, value: text.join(" ") }, here: false },
  };
}

function parallel({ args }: Call): Finding {
  return hidden(args, "how parallel puts its commands together is not followed");
}

function flock({ args }: Call): Finding {
  return hidden(args, "what it would run is not followed");
}

export const wrappers: Grammars = {
  ...Object.fromEntries(WRAPPERS.flatMap((row) => row.names.split(" ").map((name) => [name, wrapper(row)]))),
  env,
  xargs,
  watch,
  parallel,
  flock,
  script: flock,
  expect: flock,
  ssh_askpass: flock,
};
