/** Each wall, proven by a command that runs against it. */
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { isProtectedPath } from "../../../daemon/security/paths/path-classes.ts";
import { MISSING_FILES, MISSING_FOLDERS, removeStandIns } from "../../../daemon/security/sandbox/protected.ts";
import type { HostDecision } from "../../../daemon/security/sandbox/sandbox.ts";
import { boxIn, hasBubblewrap, makeTree, why } from "./boxes.ts";

const git = (root: string, ...args: string[]) => execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();

describe.skipIf(!hasBubblewrap)(`behind bubblewrap${why}`, () => {
  it("writes the copy and its own temporary folder, and nothing else", async () => {
    const outside = makeTree({ "kept.txt": "kept" });
    const root = makeTree();
    const { text } = await boxIn(root).run(
      `echo in > in.txt; echo temporary > $TMPDIR/t; for f in /usr/x /etc/x /x /opt/x ${outside}/x ${outside}/kept.txt; do (echo bad > $f) 2>/dev/null && echo wrote $f; done; cat in.txt $TMPDIR/t`,
    );
    expect(text).toBe("in\ntemporary");
    expect(readdirSync(outside)).toEqual(["kept.txt"]);
    expect(readFileSync(join(outside, "kept.txt"), "utf8")).toBe("kept");
    expect(readdirSync(root)).toEqual(["in.txt"]);
  });

  it("lets nothing through from one command's temporary folder to the next, and caches from one to the next", async () => {
    const root = makeTree();
    const box = boxIn(root);
    await box.run("echo t > /tmp/left; mkdir -p ~/.cache; echo c > ~/.cache/left");
    expect((await box.run("cat /tmp/left; cat ~/.cache/left")).text).toMatch(/No such file or directory\nc$/);
    expect((await boxIn(makeTree()).run("cat ~/.cache/left")).exitCode).not.toBe(0);
  });

  it("makes protected names impossible to create, rename, or put something in", async () => {
    const root = makeTree({ "a.txt": "a" });
    const files = MISSING_FILES.map(
      (name) =>
        `(echo x > ${name}) 2>/dev/null && echo made ${name}; rm -f ${name} 2>/dev/null && echo removed ${name}; mv ${name} y 2>/dev/null && echo moved ${name}; mv a.txt ${name} 2>/dev/null && echo replaced ${name}; ln -sf a.txt ${name} 2>/dev/null && echo linked ${name}`,
    );
    const folders = MISSING_FOLDERS.map(
      (name) =>
        `(echo x > ${name}/f) 2>/dev/null && echo put ${name}; rmdir ${name} 2>/dev/null && echo removed ${name}; mv ${name} y 2>/dev/null && echo moved ${name}; mkdir -p ${name}/d 2>/dev/null && echo dir ${name}`,
    );
    const around = [
      "mv .github other 2>/dev/null && echo moved",
      "rm -rf .github .yarn 2>/dev/null && echo removed; rm -rf y other; true",
    ];
    expect((await boxIn(root).run([...files, ...folders, ...around].join("\n"))).text).toBe("");
    expect(readdirSync(root)).toEqual(["a.txt"]);
  });

  it("keeps protected files that are there as they are, also below the root", async () => {
    const files = {
      ".vscode/settings.json": "{}",
      "AGENTS.md": "rules",
      "packages/a/.npmrc": "x=1",
      ".github/workflows/ci.yml": "on",
    };
    const root = makeTree(files);
    const attempts = Object.keys(files).map(
      (path) => `(echo bad >> ${path}) 2>/dev/null; rm -rf ${path} 2>/dev/null; mv ${path} gone 2>/dev/null`,
    );
    await boxIn(root).run(
      [...attempts, "echo bad > .vscode/tasks.json", "sed -i s/rules/bad/ AGENTS.md", "true"].join("\n"),
    );
    for (const [path, text] of Object.entries(files)) expect(readFileSync(join(root, path), "utf8")).toBe(text);
    expect(readdirSync(join(root, ".vscode"))).toEqual(["settings.json"]);
  });

  it("takes away everything that stood in, and nothing that was there", async () => {
    const root = makeTree({ "src/a.ts": "", ".github/dependabot.yml": "x" });
    mkdirSync(join(root, "empty"));
    await boxIn(root).run("true");
    expect(readdirSync(root, { recursive: true }).sort()).toEqual([
      ".github",
      ".github/dependabot.yml",
      "empty",
      "src",
      "src/a.ts",
    ]);
  });

  it("shows git nothing of what stands in, inside and outside, while a command runs", async () => {
    const { root } = worktree();
    const { text } = await boxIn(root).run(
      "git status --porcelain; echo x > new.txt; git status --porcelain; git log --format=%s; git diff --stat; ls .git",
    );
    expect(text).toBe("?? new.txt\nstart\n.git");
    const running = boxIn(root).run("echo ready > ready; while [ -e ready ]; do sleep 0.05; done");
    await until(() => existsSync(join(root, "ready")));
    expect(git(root, "status", "--porcelain", "-uall")).toBe("?? new.txt\n?? ready");
    expect(lstatSync(join(root, ".npmrc")).isFIFO()).toBe(true);
    execFileSync("rm", [join(root, "ready")]);
    expect((await running).exitCode).toBe(0);
  });

  it("shows of the user's repository neither passwords in its settings nor its hooks, and writes neither", async () => {
    const { root, main } = worktree();
    git(main, "config", "remote.origin.url", "https://user:canary-password@example.com/x.git");
    writeFileSync(join(main, ".git", "hooks", "post-checkout"), "#!/bin/sh\n");
    const { text } = await boxIn(root).run(
      `cat ${main}/.git/config; ls ${main}/.git ${main}; (echo x > ${main}/.git/refs/heads/evil) 2>/dev/null && echo wrote; (echo bad >> .git) 2>/dev/null && echo relinked; git config core.fsmonitor ./evil 2>/dev/null && echo configured`,
    );
    expect(text).toContain("repositoryformatversion");
    expect(text).not.toMatch(/canary-password|hooks\n|wrote|relinked|configured/);
  });

  it("sees neither the data folder around the copy, nor keys, nor the rest of the home folder", async () => {
    // Of this test alone: packages on the way to a program may hold any word that is in a dictionary.
    const secret = `canary-${randomUUID()}`;
    const home = makeTree({
      ".ssh/id_canary": secret,
      ".netrc": secret,
      "notes.txt": secret,
      ".cargo/credentials.toml": secret,
      ".cargo/bin/tool": "#!/bin/sh\necho tool\n",
      "data/token": secret,
      "data/run.sock": secret,
      "data/copies/1/a.txt": "mine\n",
    });
    execFileSync("chmod", ["+x", join(home, ".cargo/bin/tool")]);
    const env = { PATH: `${home}/.cargo/bin:${process.env["PATH"]}`, HOME: home };
    const root = join(home, "data/copies/1");
    const { text } = await boxIn(root, { env, hidden: [join(home, "data")] }).run(
      `cat a.txt; tool; cat ~/.ssh/* ~/.netrc ~/notes.txt ~/.cargo/credentials.toml ../../token ../../run.sock 2>/dev/null; ls ../..; grep -rs ${secret} ~ /tmp`,
    );
    expect(text).toBe("mine\ntool\ncopies");
  });

  it("does not show keys through a folder that is linked into the copy", async () => {
    const home = makeTree({ ".ssh/id_canary": "canary", "tree/node_modules/pkg/index.js": "module" });
    const root = makeTree();
    symlinkSync(join(home, "tree/node_modules"), join(root, "node_modules"));
    symlinkSync(join(home, ".ssh"), join(root, "vendor"));
    const env = { PATH: process.env["PATH"], HOME: home };
    const box = boxIn(root, { env });
    const { text } = await box.run(
      "cat node_modules/pkg/index.js; echo; (echo x > node_modules/pkg/y) 2>/dev/null && echo wrote; cat vendor/*",
      { linked: ["node_modules", "vendor"] },
    );
    expect(text).toMatch(/^module\n/);
    expect(text).not.toMatch(/canary\n|canary$|wrote/m);
  });

  it("shows the copy's packages where links of a workspace lead into the user's tree", async () => {
    const tree = makeTree({
      "packages/a/index.js": "old\n",
      "packages/b/secret": "canary\n",
      "node_modules/@me/keep": "",
    });
    symlinkSync("../../packages/a", join(tree, "node_modules/@me/a"));
    symlinkSync("../packages/b", join(tree, "node_modules/b"));
    const root = makeTree({ "packages/a/index.js": "new\n" });
    symlinkSync(join(tree, "node_modules"), join(root, "node_modules"));
    const line =
      "cat node_modules/@me/a/index.js; cat node_modules/b/secret 2>/dev/null; readlink -f node_modules/@me/a";
    const { text } = await boxIn(root).run(line, { linked: ["node_modules"] });
    expect(text).toBe(`new\n${root}/packages/a`);
  });

  it("has no network, no host processes, no sockets of the host, no rights and no way to more of them", async () => {
    const { text } = await boxIn(makeTree()).run(
      [
        "ls /sys/class/net 2>/dev/null; tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' '",
        'ls -d /proc/[0-9]* | wc -l | awk \'{ print ($1 < 12) ? "few" : "many" }\'',
        "ls /run | tr '\\n' ' '; ls /run/user /var/run 2>/dev/null; grep CapEff /proc/self/status",
        "echo [$SSH_AUTH_SOCK$DBUS_SESSION_BUS_ADDRESS]; grep NoNewPrivs /proc/self/status; (exec 3<>/dev/tcp/1.1.1.1/443) 2>/dev/null && echo reached",
      ].join("; "),
    );
    expect(text.replace(/\t/g, " ")).toBe("lo\nfew\nnexus CapEff: 0000000000000000\n[]\nNoNewPrivs: 1");
  });

  it("ends whatever a command leaves running: background, setsid, double forks, cleared environments", async () => {
    const root = makeTree();
    const line =
      "(setsid sleep 611 &); (env -i setsid sh -c 'sleep 612 & sleep 613' &) ; nohup sleep 614 >/dev/null 2>&1 & echo started";
    expect((await boxIn(root).run(line)).text).toBe("started");
    await until(() => sleeping(/sleep\0(611|612|613|614)/) === 0);
  });

  it("ends everything at its time and at a cancel", async () => {
    const root = makeTree();
    const timed = await boxIn(root).run("(env -i setsid sleep 621 &); sleep 622", { timeoutMs: 700 });
    expect(timed).toMatchObject({ timedOut: true, exitCode: null });
    const stop = new AbortController();
    const running = boxIn(root).run("(env -i setsid sleep 623 &); echo > up; sleep 624", { signal: stop.signal });
    await until(() => existsSync(join(root, "up")));
    stop.abort(new Error("cancelled by the test"));
    await expect(running).rejects.toThrow("cancelled by the test");
    await until(() => sleeping(/sleep\0(621|622|623|624)/) === 0);
    expect(readdirSync(root)).toEqual(["up"]);
  });

  it("leaves nothing when its wrapper is killed", async () => {
    const root = makeTree();
    const running = boxIn(root).run("echo > up; (setsid sleep 631 &); sleep 632");
    await until(() => existsSync(join(root, "up")));
    for (const pid of wrappersOf(root)) process.kill(pid, "SIGKILL");
    expect((await running).signal).toBe("SIGKILL");
    await until(() => sleeping(/sleep\0(631|632)/) === 0);
    expect(readdirSync(root)).toEqual(["up"]);
  });

  it("clears what a killed daemon left, and only that", async () => {
    const root = makeTree({ "AGENTS.md": "rules" });
    execFileSync("mkfifo", ["-m", "000", join(root, ".npmrc")]);
    mkdirSync(join(root, ".github/workflows"), { recursive: true });
    await removeStandIns(root);
    expect(readdirSync(root)).toEqual(["AGENTS.md"]);
  });

  it("shares what stands in between commands at the same time", async () => {
    const root = makeTree();
    const box = boxIn(root);
    const long = box.run(
      "echo > up; while [ -e up ]; do sleep 0.05; done; (echo x > .npmrc) 2>/dev/null && echo made; mkdir .vscode/x 2>/dev/null && echo made; true",
    );
    await until(() => existsSync(join(root, "up")));
    await box.run("true");
    await box.run("rm up");
    expect((await long).text).toBe("");
    expect(readdirSync(root)).toEqual([]);
  });

  it("reaches hosts through the proxy only, and is told of the others", async () => {
    const heard: HostDecision[] = [];
    const ask = (host: string) =>
      `const s = require("node:net").connect(3128, "127.0.0.1", () => s.write("CONNECT ${host}:443 HTTP/1.1\\r\\nProxy-Authorization: Basic " + Buffer.from(new URL(process.env.HTTPS_PROXY).username + ":" + new URL(process.env.HTTPS_PROXY).password).toString("base64") + "\\r\\n\\r\\n")); s.on("data", (d) => process.stdout.write(String(d).split("\\r")[0] + "\\n")); s.on("close", () => process.exit(7))`;
    const root = makeTree({ "ask.cjs": ask("evil.test"), "inner.cjs": ask("localhost") });
    const node = process.execPath;
    const env = { PATH: `${dirname(node)}:${process.env["PATH"]}`, HOME: process.env["HOME"] };
    const { text, exitCode } = await boxIn(root, { env }).run(`node ask.cjs; node inner.cjs`, {
      hosts: ["packages.vendor.example"],
      onHost: (decision) => void heard.push(decision),
    });
    expect(text).toBe("HTTP/1.1 403 Refused\nHTTP/1.1 403 Refused");
    expect(exitCode).toBe(7);
    expect(heard.map(({ host, address }) => [host, address])).toEqual([
      ["evil.test", null],
      ["localhost", null],
    ]);
  });

  it("is not led out by links that a command leaves in its home, its caches, or its copy", async () => {
    const outside = makeTree();
    const home = makeTree({ ".cargo/bin/tool": "", ".cache/ms-playwright/a": "", ".local/bin/b": "" });
    const root = makeTree();
    const box = boxIn(root, { env: { PATH: process.env["PATH"], HOME: home } });
    const way = `../../../../../../../../oldroot${outside}`;
    await box.run(
      `for f in ~/.cargo ~/.cache/ms-playwright ~/.cache/node ~/.local .yarn .config sub; do rm -rf $f; ln -s ${way} $f; done 2>/dev/null; ln -s ${way} AGENTS.md`,
    );
    expect((await box.run("echo second")).exitCode).toBe(0);
    expect(readdirSync(outside)).toEqual([]);
  });

  it("refuses a root that is not real", async () => {
    const root = makeTree({ "real/a": "" });
    symlinkSync(join(root, "real"), join(root, "link"));
    await expect(boxIn(join(root, "link")).run("true")).rejects.toThrow("real path");
    await expect(boxIn(join(root, "gone")).run("true")).rejects.toThrow("ENOENT");
  });
});

it("covers only names that the policy protects too", () => {
  for (const name of [...MISSING_FILES, ...MISSING_FOLDERS].filter((entry) => entry !== ".git"))
    expect([name, isProtectedPath(`${name}/x`) || isProtectedPath(name)]).toEqual([name, true]);
});

function worktree(): { main: string; root: string } {
  const main = makeTree({ "a.txt": "a" });
  git(main, "init", "-q");
  git(main, "add", "-A");
  git(main, "-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "-q", "-m", "start");
  const root = join(makeTree(), "copy");
  git(main, "worktree", "add", "-q", "--detach", root);
  return { main, root };
}

async function until(isTrue: () => boolean): Promise<void> {
  const end = Date.now() + 5000;
  while (!isTrue()) {
    if (Date.now() > end) throw new Error("it did not come true in 5 s");
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function processes(): { pid: number; command: string }[] {
  return readdirSync("/proc").flatMap((pid) => {
    try {
      return /^\d+$/.test(pid) ? [{ pid: Number(pid), command: readFileSync(`/proc/${pid}/cmdline`, "latin1") }] : [];
    } catch {
      return [];
    }
  });
}

function sleeping(pattern: RegExp): number {
  return processes().filter(({ command }) => command.startsWith("sleep\0") && pattern.test(command)).length;
}

/** The outermost process of each sandbox of the folder: a child of this one. */
function wrappersOf(root: string): number[] {
  return processes()
    .filter(
      ({ pid, command }) => command.includes("bwrap\0") && command.includes(root) && parentOf(pid) === process.pid,
    )
    .map(({ pid }) => pid);
}

function parentOf(pid: number): number {
  try {
    void readlinkSync(`/proc/${pid}/exe`);
    return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  } catch {
    return 0;
  }
}
