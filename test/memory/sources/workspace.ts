/** A workspace in a temporary folder, with or without git. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach } from "vitest";
import { scanWorkspace } from "../../../daemon/memory/sources/scan.ts";
import type { Scan } from "../../../daemon/memory/sources/scan-state.ts";
import type { ScanLimits } from "../../../daemon/memory/sources/source.ts";

export interface Workspace {
  readonly root: string;
  git(...args: string[]): string;
  /** As if the clock of the machine stood at that second. */
  gitAt(second: number, ...args: string[]): string;
  write(path: string, content: string | Uint8Array): void;
  read(path: string): string;
  remove(path: string): void;
  commit(): void;
  scan(previous?: Scan, limits?: Partial<ScanLimits>): Promise<Scan>;
}

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "nexus-sources-")));
  folders.push(folder);
  return folder;
}

export function plainFolder(root = temporaryFolder()): Workspace {
  return {
    root,
    git(...args) {
      return this.gitAt(1_700_000_000, ...args);
    },
    gitAt(second, ...args) {
      const config = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "protocol.file.allow=always"];
      const env = {
        ...process.env,
        GIT_CONFIG_GLOBAL: "/dev/null",
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_COMMITTER_DATE: `${second} +0000`,
      };
      return execFileSync("git", [...config, ...args], {
        cwd: root,
        env,
        stdio: ["ignore", "pipe", "pipe"],
      }).toString();
    },
    write(path, content) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    },
    read: (path) => readFileSync(join(root, path), "utf8"),
    remove: (path) => rmSync(join(root, path), { recursive: true, force: true }),
    commit() {
      this.git("add", "-A");
      this.git("commit", "-q", "--allow-empty", "-m", "change");
    },
    scan: (previous, limits = {}) => scanWorkspace(root, { signal: new AbortController().signal, previous, limits }),
  };
}

export function repository(root?: string): Workspace {
  const workspace = plainFolder(root);
  workspace.git("init", "-q", "-b", "main");
  return workspace;
}

export function pathsOf(scan: Scan): string[] {
  return scan.entries.map(({ path }) => path);
}

export function namesOf(scan: Scan): Record<string, string> {
  return Object.fromEntries(scan.entries.map(({ path, oid }) => [path, oid]));
}

export function skippedOf(scan: Scan): Record<string, number> {
  return Object.fromEntries(scan.skipped.map(({ reason, count }) => [reason, count]));
}
