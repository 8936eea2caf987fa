/** Letting a person edit a text in the editor of their choice. */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface EditedText {
  readonly name: string;
  readonly text: string;
  /** The editor's command line, as EDITOR has it: a program and perhaps arguments. */
  readonly editor: string;
}

/** The text as the person left it; undefined when the editor did not end well. The file is nobody else's, and gone afterwards. */
export async function editText({ name, text, editor }: EditedText): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "nexus-"));
  const file = join(folder, name);
  try {
    await writeFile(file, text, { mode: 0o600 });
    return (await runEditor(editor, file)) ? await readFile(file, "utf8") : undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function runEditor(editor: string, file: string): Promise<boolean> {
  const isWindows = process.platform === "win32";
  const [program = "", ...words] = editor.trim().split(/\s+/);
  // Editors on Windows are often scripts, which only a shell starts.
  const child = spawn(program, [...words, isWindows ? `"${file}"` : file], { stdio: "inherit", shell: isWindows });
  return new Promise((resolve) => {
    child.on("error", () => resolve(false));
    child.on("close", (code) => resolve(code === 0));
  });
}
