/** Neovim: what Nexus can do with a selection. */
import { screenSvg } from "./svg.ts";
import type { Stage } from "./stage.ts";
import { openTerminal } from "./terminal.ts";

export async function pictureOfNeovim({ project, env, setUp, nexus }: Stage): Promise<string> {
  setUp("neovim");
  nexus("index", ".");
  const options = "set noswapfile number laststatus=2 ruler shortmess+=I termguicolors | colorscheme desert";
  const terminal = openTerminal({
    command: ["nvim", "-c", options, "src/notes.js"],
    cwd: project,
    env,
    columns: 92,
    rows: 26,
  });
  try {
    await terminal.until("function");
    console.error(terminal.text());
    await new Promise((done) => setTimeout(done, 3000));
    terminal.type(":lua print(#vim.lsp.get_active_clients(), vim.inspect(vim.tbl_keys(vim.lsp.get_active_clients()[1].server_capabilities)))\r");
    await new Promise((done) => setTimeout(done, 1500));
    console.error(terminal.text());
    return screenSvg(terminal.cells(), "Neovim: Nexus's code actions", "x");
  } finally {
    terminal.close();
  }
}
