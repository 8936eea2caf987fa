/** Emacs with eglot: the same. */
import type { Stage } from "./stage.ts";
import { screenSvg } from "./svg.ts";
import { again, openTerminal } from "./terminal.ts";

const LOOK = `(progn
  (setq native-comp-async-report-warnings-errors nil warning-minimum-level :error inhibit-startup-screen t)
  (setq frame-background-mode 'dark)
  (mapc #'frame-set-background-mode (frame-list))
  (menu-bar-mode -1))`;
const SETTLE_MS = 1000;
const TITLE = "Emacs with eglot: what Nexus knows of createNotes";
const DESCRIPTION =
  "Emacs with notes.js; its mode line says eglot:notes. Below, the buffer *eldoc* says of createNotes where it is used and which test file covers it.";

export async function pictureOfEmacs({ project, env, setUp, nexus }: Stage): Promise<string> {
  await setUp("emacs");
  nexus("index", ".");
  const terminal = openTerminal({
    command: ["emacs", "-nw", "--eval", LOOK, "src/notes.js"],
    cwd: project,
    env,
    columns: 100,
    rows: 30,
  });
  try {
    await terminal.until("Keeps notes in memory");
    terminal.type("\u001bxnexus-eglot\r");
    await terminal.until("[eglot:notes]");
    terminal.type("\u001bxgoto-line\r2\r\u001bf\u001bf\u001bf\u0002");
    await again(terminal, "\u001bxeldoc\r", "Used");
    terminal.type("\u001bxeldoc-doc-buffer\r");
    await terminal.until("*eldoc*");
    // What was typed last goes from the last line.
    terminal.type("\u001bxignore\r");
    await new Promise((done) => setTimeout(done, SETTLE_MS));
    return screenSvg(terminal.cells(), TITLE, DESCRIPTION);
  } finally {
    terminal.close();
  }
}
