/** An editor in a terminal that a script types into and looks at. The terminal is the one of VS Code: see test/vscode. */
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

export interface Cell {
  readonly text: string;
  readonly foreground: string;
  readonly background: string;
  readonly isBold: boolean;
  readonly isItalic: boolean;
  readonly isUnderlined: boolean;
}

export interface ScreenTerminal {
  readonly columns: number;
  readonly rows: number;
  type(keys: string): void;
  /** Resolves when the screen shows it; rejects with the screen after `seconds`. */
  until(text: string | RegExp, seconds?: number): Promise<void>;
  text(): string;
  cells(): Cell[][];
  close(): void;
}

export interface TerminalOptions {
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly columns: number;
  readonly rows: number;
}

/** Types the keys until the screen shows it: what an editor is asked before its server is ready is lost. */
export async function again(
  terminal: ScreenTerminal,
  keys: string,
  wanted: string | RegExp,
  times = 15,
): Promise<void> {
  for (let left = times; left > 0; left--) {
    terminal.type(keys);
    const isThere = await terminal.until(wanted, left === 1 ? 10 : 2).then(
      () => true,
      (error: unknown) => {
        if (left === 1) throw error;
        return false;
      },
    );
    if (isThere) return;
  }
}

/** What is used of node-pty and @xterm/headless, which VS Code's server brings along. */
interface Pty {
  onData(listener: (data: string) => void): void;
  write(data: string): void;
  kill(): void;
}
interface BufferCell {
  getChars(): string;
  getWidth(): number;
  getFgColor(): number;
  getBgColor(): number;
  isFgRGB(): boolean;
  isBgRGB(): boolean;
  isFgPalette(): boolean;
  isBgPalette(): boolean;
  isBold(): number;
  isItalic(): number;
  isUnderline(): number;
  isInverse(): number;
}
interface Xterm {
  write(data: string): void;
  onData(listener: (data: string) => void): void;
  readonly buffer: {
    readonly active: {
      readonly cursorX: number;
      readonly cursorY: number;
      getLine(row: number): {
        getCell(column: number): BufferCell | undefined;
        translateToString(trim: boolean): string;
      };
    };
  };
}

const serverPackage = new URL("../../vscode/node_modules/code-server/lib/vscode/package.json", import.meta.url);
const LOOK_MS = 50;
const INK = "#d8dee9";
const PAPER = "#1e222a";

export function openTerminal({ command, cwd, env, columns, rows }: TerminalOptions): ScreenTerminal {
  const require = createRequire(fileURLToPath(serverPackage));
  const { spawn } = require("node-pty") as { spawn(file: string, args: readonly string[], options: object): Pty };
  const { Terminal } = require("@xterm/headless") as { Terminal: new (options: object) => Xterm };
  const screen = new Terminal({ cols: columns, rows, allowProposedApi: true });
  const [file, ...args] = command;
  const pty = spawn(file, args, { cols: columns, rows, cwd, name: "xterm-256color", env });
  pty.onData((data) => screen.write(data));
  screen.onData((data) => pty.write(data));
  const line = (row: number) => screen.buffer.active.getLine(row);
  const text = () => Array.from({ length: rows }, (_, row) => line(row).translateToString(true)).join("\n");
  return {
    columns,
    rows,
    text,
    type: (keys) => pty.write(keys),
    async until(wanted, seconds = 30) {
      const isThere = () => (typeof wanted === "string" ? text().includes(wanted) : wanted.test(text()));
      for (const end = Date.now() + seconds * 1000; !isThere(); await new Promise((done) => setTimeout(done, LOOK_MS)))
        if (Date.now() > end) throw new Error(`${String(wanted)} did not come:\n${text()}`);
    },
    cells: () =>
      Array.from({ length: rows }, (_, row) =>
        Array.from({ length: columns }, (_, column) => cellOf(line(row).getCell(column))),
      ),
    close: () => pty.kill(),
  };
}

function cellOf(cell: BufferCell | undefined): Cell {
  if (cell === undefined)
    return { text: " ", foreground: INK, background: PAPER, isBold: false, isItalic: false, isUnderlined: false };
  const ink = cell.isFgRGB() ? hex(cell.getFgColor()) : cell.isFgPalette() ? palette(cell.getFgColor()) : INK;
  const paper = cell.isBgRGB() ? hex(cell.getBgColor()) : cell.isBgPalette() ? palette(cell.getBgColor()) : PAPER;
  const isInverse = cell.isInverse() !== 0;
  return {
    // The second half of a wide character has no text of its own.
    text: cell.getWidth() === 0 ? "" : cell.getChars() || " ",
    foreground: isInverse ? paper : ink,
    background: isInverse ? ink : paper,
    isBold: cell.isBold() !== 0,
    isItalic: cell.isItalic() !== 0,
    isUnderlined: cell.isUnderline() !== 0,
  };
}

const SIXTEEN = [
  "#2e3440",
  "#e06c75",
  "#98c379",
  "#e5c07b",
  "#61afef",
  "#c678dd",
  "#56b6c2",
  "#d8dee9",
  "#7f8795",
  "#ff7b86",
  "#b5e890",
  "#ffd98a",
  "#7fc4ff",
  "#dd9af2",
  "#7ad7e0",
  "#ffffff",
] as const;

/** The 256 colours of xterm. */
function palette(index: number): string {
  const known = SIXTEEN[index];
  if (known !== undefined) return known;
  if (index >= 232) return hex((8 + (index - 232) * 10) * 0x10101);
  const level = (step: number) => (step === 0 ? 0 : 55 + step * 40);
  const cube = index - 16;
  return hex((level(Math.floor(cube / 36)) << 16) + (level(Math.floor(cube / 6) % 6) << 8) + level(cube % 6));
}

function hex(colour: number): string {
  return `#${colour.toString(16).padStart(6, "0")}`;
}
