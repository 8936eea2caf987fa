/** Neovim: a file of its own among the plugins, for 0.7 to 0.10 and for 0.11 and newer; CodeCompanion for ACP. */
import { neovimPluginFile } from "../../host/editor-places.ts";
import { type Block, blockText, putBlock } from "./block.ts";
import type { Editor } from "./editor.ts";
import type { Start } from "./start.ts";

export const NEOVIM: Editor = {
  title: "Neovim",
  traces: () => ({ programs: ["nvim"] }),
  without: ["MCP: Neovim has no place for MCP servers of its own; plugins that do read a JSON file like Cursor's."],
  async parts(machine, start) {
    const block = lspBlock(start("lsp", "--stdio"));
    return [
      {
        protocol: "LSP",
        gives: "code actions, hover, symbols, references, code lenses and findings",
        snippet: blockText(block),
        file: { path: neovimPluginFile(machine), change: (present) => putBlock(present, block) },
        steps: ["Open a file of your project: `:lua vim.lsp.buf.code_action()` lists what Nexus can do there."],
        page: "https://neovim.io/doc/user/lsp.html",
      },
      {
        protocol: "ACP",
        gives: "chats with Nexus, with the plugin CodeCompanion",
        snippet: codeCompanion(start("acp")),
        steps: [
          "Put the adapter into your own call of CodeCompanion's setup; `:CodeCompanionChat nexus` opens a chat.",
        ],
        page: "https://codecompanion.olimorris.dev/configuration/adapters-acp",
      },
    ];
  },
};

function lspBlock(start: Start): Block {
  return { comment: "--", lines: lspLines(start) };
}

/** Neovim 0.7 has none of the later helpers: it starts one client a project by hand and attaches buffers to it. */
function lspLines({ command, args, env }: Start): string[] {
  return [
    "local nexus = {",
    `  cmd = { ${[command, ...args].map(quoted).join(", ")} },`,
    ...(Object.keys(env).length === 0 ? [] : [`  cmd_env = ${tableOf(env)},`]),
    '  root_markers = { ".git" },',
    "}",
    "if vim.lsp.enable then -- Neovim 0.11 and newer",
    '  vim.lsp.config("nexus", nexus)',
    '  vim.lsp.enable("nexus")',
    "else -- Neovim 0.7 to 0.10",
    "  local clients = {}",
    "  local function root_of(folder)",
    '    local git = vim.fn.finddir(".git", folder .. ";")',
    '    if git == "" then git = vim.fn.findfile(".git", folder .. ";") end',
    '    if git == "" then return folder end',
    '    return (vim.fn.fnamemodify(git, ":p"):gsub("[/\\\\]+$", ""):gsub("[/\\\\]%.git$", ""))',
    "  end",
    '  vim.api.nvim_create_autocmd("FileType", {',
    "    callback = function(event)",
    "      local name = vim.api.nvim_buf_get_name(event.buf)",
    '      if vim.bo[event.buf].buftype ~= "" or name == "" then return end',
    '      local root = root_of(vim.fn.fnamemodify(name, ":p:h"))',
    "      clients[root] = clients[root] or vim.lsp.start_client({",
    '        name = "nexus",',
    "        cmd = nexus.cmd,",
    "        cmd_env = nexus.cmd_env,",
    "        root_dir = root,",
    "        workspace_folders = { { uri = vim.uri_from_fname(root), name = root } },",
    "        on_exit = function() clients[root] = nil end,",
    "      })",
    "      if clients[root] then vim.lsp.buf_attach_client(event.buf, clients[root]) end",
    "    end,",
    "  })",
    "end",
  ];
}

function codeCompanion({ command, args, env }: Start): string {
  return [
    'require("codecompanion").setup({',
    "  adapters = {",
    "    acp = {",
    "      nexus = function()",
    '        return require("codecompanion.adapters").extend("opencode", {',
    '          name = "nexus",',
    '          formatted_name = "Nexus",',
    `          commands = { default = { ${[command, ...args].map(quoted).join(", ")} } },`,
    ...(Object.keys(env).length === 0 ? [] : [`          env = ${tableOf(env)},`]),
    "        })",
    "      end,",
    "    },",
    "  },",
    "})",
  ].join("\n");
}

function tableOf(env: Start["env"]): string {
  return `{ ${Object.entries(env)
    .map(([name, value]) => `${name} = ${quoted(value)}`)
    .join(", ")} }`;
}

/** Lua's strings have JSON's escapes for all that a path holds; control characters by their number. */
function quoted(text: string): string {
  const escaped = text
    .replace(/[\\"]/g, "\\$&")
    .replace(/[\u0000-\u001f\u007f]/g, (sign) => `\\${String(sign.charCodeAt(0)).padStart(3, "0")}`);
  return `"${escaped}"`;
}
