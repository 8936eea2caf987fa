/** Emacs with eglot: the same. */
import { DOCUMENTED, type Stage } from "./stage.ts";
import { screenSvg } from "./svg.ts";
import { again, openTerminal } from "./terminal.ts";

const LOOK = `(progn
  (setq native-comp-async-report-warnings-errors nil warning-minimum-level :error inhibit-startup-screen t suggest-key-bindings nil)
  (setq frame-background-mode 'dark)
  (mapc #'frame-set-background-mode (frame-list))
  (menu-bar-mode -1))`;
const HOVER =
  "Emacs with notes.js; its mode line says eglot:notes. Below, the buffer *eldoc* says of createNotes where it is used and which test file covers it.";
const ACTIONS =
  "Emacs with notes.js, the cursor at “list()”. A list of completions holds what Nexus can do there: explain, document, refactor to a goal, write tests, review.";
const SETTLE_MS = 1000;
const META = "\u001b";

export async function picturesOfEmacs({ project, env, setUp, nexus }: Stage): Promise<Record<string, string>> {
  await setUp("emacs");
  nexus("index", ".");
  const terminal = openTerminal({
    command: ["emacs", "-nw", "--eval", LOOK, "src/notes.js"],
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
    terminal.type(`${META}xnexus-eglot\r`);
    await terminal.until("[eglot:notes]");
    terminal.type(`${META}xgoto-line\r2\r${META}f${META}f${META}f\u0002`);
    await again(terminal, `${META}xeldoc\r`, "Used");
    terminal.type(`${META}xeldoc-doc-buffer\r`);
    await terminal.until("*eldoc*");
    // What was typed last goes from the last line.
    terminal.type(`${META}xignore\r`);
    const hover = await picture("Emacs with eglot: what Nexus knows of createNotes", HOVER);
    terminal.type(`${META}xdelete-other-windows\r${META}xgoto-line\r14\r${META}m`);
    await again(terminal, `${META}xeglot-code-actions\r`, "Pick an action");
    terminal.type("\t\t");
    await terminal.until("Document with Nexus");
    const actions = await picture("Emacs with eglot: what Nexus can do with list()", ACTIONS);
    terminal.type("Document with Nexus\r");
    await terminal.until(/y or n|yes or no/);
    terminal.type("y");
    await terminal.until(DOCUMENTED);
    return { emacs: hover, "emacs-actions": actions };
  } finally {
    terminal.close();
  }
}
