import { spawnSync } from "node:child_process";

/** Runs a program to its end; throws what it wrote when it fails. */
export function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8", maxBuffer: 1 << 28 });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${stderr}`);
  return stdout;
}

/** Whether a program is installed. */
export function has(program: string): boolean {
  return spawnSync(program, ["--version"]).status === 0;
}
