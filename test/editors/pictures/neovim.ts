/** Neovim: what Nexus knows of a name, and what it can do at a place. */
import { DOCUMENTED, type Stage } from "./stage.ts";
import { screenSvg } from "./svg.ts";
import { again, openTerminal } from "./terminal.ts";

const LOOK = [
  "set noswapfile number ruler shortmess+=I termguicolors",
  "colorscheme desert",
  "highlight Normal guibg=#1e222a guifg=#d8dee9",
  "highlight NonText guibg=#1e222a guifg=#4c566a",
  "highlight LineNr guifg=#616e88",
  "highlight NormalFloat guibg=#2e3440 guifg=#e5e9f0",
  "highlight LspCodeLens guifg=#88c0d0 gui=italic",
].join(" | ");
const HOVER =
  "Neovim with notes.js. Beside “export function createNotes()” stands “2 uses · 1 test”. A window below it says where the function is used, which test file covers it, which files changed together with its own, and when it changed last.";
const ACTIONS =
  "Neovim with notes.js, the cursor at “list()”. Below stands a numbered list of what Nexus can do there: explain, document, refactor to a goal, write tests, review.";
const SETTLE_MS = 500;

export async function picturesOfNeovim({ project, env, setUp, nexus }: Stage): Promise<Record<string, string>> {
  await setUp("neovim");
  nexus("index", ".");
  const terminal = openTerminal({
    command: ["nvim", "-c", LOOK, "src/notes.js"],
    cwd: project,
    env,
    columns: 100,
    rows: 30,
  });
  const picture = async (title: string, description: string) => {
    await new Promise((done) => setTimeout(done, SETTLE_MS));
    return screenSvg(terminal.cells(), title, description);
  };
  try {
    await terminal.until("Keeps notes in memory");
    await again(terminal, ":lua print('attached', next(vim.lsp.buf_get_clients(0)) ~= nil)\r", "attached true");
    await again(terminal, ":lua vim.lsp.codelens.refresh()\r", /\d uses? · /);
    terminal.type(":call cursor(2, 17)\r");
    await again(terminal, ":lua vim.lsp.buf.hover()\r", "Used");
    terminal.type(":echo\r");
    const hover = await picture("Neovim: what Nexus knows of createNotes", HOVER);
    terminal.type(":call cursor(14, 5)\r:lua vim.lsp.buf.code_action()\r");
    await terminal.until("Document with Nexus");
    const actions = await picture("Neovim: what Nexus can do with list()", ACTIONS);
    const [, number = ""] = /(\d+)[:.] Document with Nexus/.exec(terminal.text()) ?? [];
    terminal.type(`${number}\r`);
    await terminal.until(DOCUMENTED);
    return { neovim: hover, "neovim-actions": actions };
  } finally {
    terminal.close();
  }
}
