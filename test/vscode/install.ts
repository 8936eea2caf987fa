/** Brings the editor: code-server holds a real VS Code. Its native parts are built here, which takes about two minutes. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
export const SERVER_MAIN = join(folder, "node_modules", "code-server", "lib", "vscode", "out", "server-main.js");
const CHROMIUMS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Installs the package next to this file unless it is there. Throws when that fails. */
export function installEditor(): void {
  if (existsSync(SERVER_MAIN)) return;
  process.stdout.write(
    "# installing the editor (about two minutes; needs python3, make, g++, pkg-config, libkrb5-dev)\n",
  );
  const npm = process.env["npm_execpath"];
  const command: [string, string[]] = npm?.endsWith(".js") ? [process.execPath, [npm]] : ["npm", []];
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PATH: [dirname(process.execPath), process.env["PATH"]].join(delimiter),
  };
  // code-server reads Node's version from here, and would see that of the npm which started us.
  delete env["npm_config_user_agent"];
  // Headers that are on the machine need no download; its native parts use only Node-API, which all versions share.
  if (existsSync("/usr/include/node/node_api.h")) env["npm_config_nodedir"] ??= "/usr";
  const { status } = spawnSync(command[0], [...command[1], "ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: folder,
    stdio: ["ignore", "inherit", "inherit"],
    env,
  });
  if (status !== 0 || !existsSync(SERVER_MAIN)) throw new Error("npm ci in test/vscode failed");
}

/** CHROMIUM_PATH, or the first of the usual places. */
export function findChromium(): string {
  const found = [process.env["CHROMIUM_PATH"], ...CHROMIUMS].find((path) => path && existsSync(path));
  if (found === undefined) throw new Error("no Chromium found: install it, or name it in CHROMIUM_PATH");
  return found;
}
