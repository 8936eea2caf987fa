/** What the kernel did for each line, read from strace's log. */

export interface Started {
  readonly path: string;
  readonly words: readonly string[];
  /** What ran in this process, or in the one that made it, before. */
  readonly by: Started | undefined;
}

export interface Done {
  readonly started: Started[];
  /** Absolute paths that were made, opened for writing, renamed or removed; `?/x` where the log does not tell x's folder. */
  readonly written: string[];
  /** Absolute paths of files that were opened for reading. */
  readonly opened: string[];
}

/** `nexus-N` is the last word of what starts line N. */
export function readTrace(log: string): Map<number, Done> {
  const events: Event[] = [];
  const begun = new Map<string, string>();
  for (const text of log.split("\n")) {
    const [, pid = "", rest = ""] = /^(\d+)\s+(.*)$/.exec(text) ?? [];
    if (rest.endsWith("<unfinished ...>")) {
      const call = rest.slice(0, -"<unfinished ...>".length).trimEnd();
      begun.set(pid, call);
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest);
    const call = resumed === null ? rest : `${begun.get(pid) ?? ""}${resumed[1] ?? ""}`;
    events.push({ pid, call });
  }
  return collect(events);
}

interface Event {
  readonly pid: string;
  readonly call: string;
}

/** Whose a process is, is known only at the end: a child may act before its parent hears of it. */
function collect(all: readonly Event[]): Map<number, Done> {
  const lines = new Map<number, Done>();
  const owner = new Map<string, number>();
  const parent = new Map<string, string>();
  for (const { pid, call } of all) {
    const child = /^(?:clone3?|v?fork)\(.*\)\s+= (\d+)/.exec(call)?.[1];
    if (child !== undefined) parent.set(child, pid);
    const index = /^execve\("\/[\w/]+", .*"nexus-(\d+)"\]/s.exec(call)?.[1];
    if (index !== undefined && !owner.has(pid)) {
      owner.set(pid, Number(index));
      lines.set(Number(index), { started: [], written: [], opened: [] });
    }
  }
  const images = new Map<string, Started>();
  for (const { pid, call } of all) {
    const family = [pid];
    for (let at = pid; !owner.has(at); family.push(at)) {
      const above = parent.get(at);
      if (above === undefined) break;
      at = above;
    }
    const done = lines.get(owner.get(family.at(-1) ?? "") ?? -1);
    if (done === undefined) continue;
    const by = family.map((member) => images.get(member)).find((image) => image !== undefined);
    const started = note(done, call, by);
    if (started !== undefined) images.set(pid, started);
  }
  return lines;
}

function note(done: Done, call: string, by: Started | undefined): Started | undefined {
  const name = /^(\w+)\(/.exec(call)?.[1];
  if (name === "execve") {
    const [, path = "", words = ""] = /^execve\("((?:[^"\\]|\\.)*)", \[(.*)\], 0x/s.exec(call) ?? [];
    const started = { path: unescaped(path), words: strings(words), by };
    done.started.push(started);
    return started;
  }
  if (!/\)\s+= \d/.test(call)) return undefined;
  if (name === "open" || name === "openat" || name === "creat") {
    const place = /= \d+<(.*)>$/.exec(call)?.[1];
    // Shells and programs list folders; what is in the files is what counts.
    if (place === undefined || call.includes("O_DIRECTORY")) return undefined;
    const isWritten = name === "creat" || /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC/.test(call);
    (isWritten ? done.written : done.opened).push(unescaped(place));
    return undefined;
  }
  if (name === undefined || /clone|fork/.test(name)) return undefined;
  for (const place of places(name, call)) done.written.push(place);
  return undefined;
}

/** Each name that the call changes, absolute; strace shows the folder that a relative one counts from. */
function places(name: string, call: string): string[] {
  const pairs = [...call.matchAll(/(?:(?:AT_FDCWD|\d+)<((?:[^>\\]|\\.)*)>, )?"((?:[^"\\]|\\.)*)"/g)];
  // The first name of a link is what it points to.
  const changed = /^(?:symlink|link)/.test(name) ? pairs.slice(1) : pairs;
  return changed.map(([, folder = "?", path = ""]) => {
    const text = unescaped(path);
    return text.startsWith("/") ? text : `${unescaped(folder)}/${text}`;
  });
}

function strings(list: string): string[] {
  return [...list.matchAll(/"((?:[^"\\]|\\.)*)"/gs)].map(([, text = ""]) => unescaped(text));
}

const NAMED: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, v: 11, f: 12, '"': 34, "\\": 92 };

function unescaped(text: string): string {
  if (!text.includes("\\")) return text;
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const octal = /^\\([0-7]{1,3})/.exec(text.slice(at, at + 4))?.[1];
    if (octal !== undefined) {
      bytes.push(Number.parseInt(octal, 8));
      at += octal.length;
    } else if (text[at] === "\\") {
      at += 1;
      bytes.push(NAMED[text[at] ?? ""] ?? text.charCodeAt(at));
    } else bytes.push(text.charCodeAt(at));
  }
  return Buffer.from(bytes).toString("utf8");
}
