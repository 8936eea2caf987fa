/** Git repositories with a history made up for a test: by fast-import, so that hundreds of commits take no time. */
import { execFileSync } from "node:child_process";
import { devNull } from "node:os";

export interface MadeCommit {
  readonly message: string;
  /** Path → new content. */
  readonly files: Readonly<Record<string, string>>;
}

/** Makes a bare repository in the folder, whose main branch holds these commits, oldest first. */
export function makeRepository(folder: string, commits: readonly MadeCommit[]): void {
  const env = { PATH: process.env["PATH"] ?? "", HOME: folder, GIT_CONFIG_GLOBAL: devNull, GIT_CONFIG_NOSYSTEM: "1" };
  execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch=main", folder], { env });
  const input = Buffer.concat(commits.map(commitBytes));
  execFileSync("git", ["--git-dir", folder, "fast-import", "--quiet"], { env, input });
}

function commitBytes({ message, files }: MadeCommit, index: number): Buffer {
  const head = `commit refs/heads/main\ncommitter Test <test@example.com> ${1_700_000_000 + index * 60} +0000\n`;
  const changes = Object.entries(files).map(([path, content]) =>
    Buffer.concat([Buffer.from(`M 100644 inline ${JSON.stringify(path)}\n`), data(content)]),
  );
  return Buffer.concat([Buffer.from(head), data(message), ...changes, Buffer.from("\n")]);
}

function data(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from(`data ${bytes.length}\n`), bytes, Buffer.from("\n")]);
}
