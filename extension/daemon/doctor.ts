/** Runs `nexus doctor` and gives back what it says. */
import { execFile } from "node:child_process";
import { type LaunchOptions, launchEnvironment } from "./launch.ts";

export function runDoctor(options: LaunchOptions): Promise<string> {
  const settings = { env: launchEnvironment(options), timeout: 60_000, windowsHide: true };
  return new Promise((resolve) => {
    execFile(options.nodePath ?? process.execPath, [options.main, "doctor"], settings, (error, stdout, stderr) => {
      const text = `${stdout}${stderr}`.trim();
      resolve(text === "" && error !== null ? error.message : text);
    });
  });
}
