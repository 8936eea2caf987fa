// Runs inside the extension host, with the real `vscode`: what the extension has registered and what it has loaded
// before anybody used it. Writes what it finds to NEXUS_VSCODE_RESULT; the other side judges it.
const { writeFileSync } = require("node:fs");
const { Session } = require("node:inspector");
const vscode = require("vscode");

exports.run = async () => {
  const result = await measure().catch((error) => ({ error: String(error?.stack ?? error) }));
  writeFileSync(process.env.NEXUS_VSCODE_RESULT, JSON.stringify(result));
  // The other side closes the window; ending here would close it before the last screenshot.
  if (process.env.NEXUS_VSCODE_END !== "1") await new Promise(() => {});
};

async function measure() {
  const extension = vscode.extensions.getExtension("nexus.nexus");
  const wasActive = extension.isActive;
  await hostIsIdle();
  const startedAt = performance.now();
  await extension.activate();
  const activateMs = performance.now() - startedAt;
  const declared = extension.packageJSON.contributes.commands.map(({ command }) => command);
  const registered = await vscode.commands.getCommands(true);
  return {
    version: vscode.version,
    node: process.versions.node,
    // Undefined when the editor's own start had activated it already.
    ...(wasActive ? {} : { activateMs }),
    missingCommands: declared.filter((command) => !registered.includes(command)),
    loaded: await loadedScripts(),
  };
}

/** At its start the host does much else on the same thread, and every extension then seems slow. */
async function hostIsIdle() {
  for (let quiet = 0; quiet < 4; ) {
    const before = performance.eventLoopUtilization();
    await new Promise((resolve) => setTimeout(resolve, 250));
    quiet = performance.eventLoopUtilization(before).utilization < 0.1 ? quiet + 1 : 0;
  }
}

/** Every script of the extension that V8 has parsed, with its length: the debugger lists them all when it is enabled. */
async function loadedScripts() {
  const session = new Session();
  session.connect();
  const scripts = new Map();
  session.on("Debugger.scriptParsed", ({ params }) => {
    if (params.url.includes("/dist/extension/")) scripts.set(params.url.split("/dist/extension/")[1], params.length);
  });
  await new Promise((resolve) => session.post("Debugger.enable", resolve));
  session.disconnect();
  return Object.fromEntries(scripts);
}
