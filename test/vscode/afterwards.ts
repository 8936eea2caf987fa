/** What a failed scenario leaves to look at: its processes, and the last lines of the logs of daemon, window and language server. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const LOGS = /daemon\.log$|Nexus[^/]*\.log$/;
const LAST_LINES = 12;

/** `home`: the world's data folder, beside which all of it lies. What cannot be read is told in its place. */
export function leftBy(home: string): string {
  try {
    return looked(dirname(home));
  } catch (error) {
    return String(error);
  }
}

function looked(folder: string): string {
  const logs = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => LOGS.test(path));
  return [processes(), ...logs.map((path) => `${path}:\n${lastOf(join(folder, path))}`)].join("\n");
}

function processes(): string {
  const all = execFileSync("ps", ["-eo", "pid,stat,time,rss,args"], { encoding: "utf8" });
  const own = all.split("\n").filter((line) => /main\.js|nexus/.test(line));
  return own.map((line) => line.slice(0, 200)).join("\n");
}

function lastOf(path: string): string {
  const lines = readFileSync(path, "utf8").trimEnd().split("\n").slice(-LAST_LINES);
  return lines.map((line) => line.slice(0, 400)).join("\n");
}
