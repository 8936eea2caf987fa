import * as vscode from "vscode";
import { dataFolder } from "./daemon/home.ts";
import type { LaunchOptions } from "./daemon/launch.ts";
import { modelEnvironment } from "./model-preferences.ts";
import { currentKey, readSettings } from "./settings.ts";

/** How a daemon is started for this user: from settings, secrets and the extension's own place. */
export async function launchOptions({ extensionUri, secrets }: vscode.ExtensionContext): Promise<LaunchOptions> {
  const settings = readSettings();
  return {
    main: vscode.Uri.joinPath(extensionUri, "dist", "daemon", "main.js").fsPath,
    nodePath: settings.nodePath,
    home: dataFolder(settings.home, process.env),
    env: modelEnvironment(settings, await currentKey(secrets)),
  };
}
