/**
 * Options as programs read them, from lists of what is known:
 * `-ab` flags, `-n:` with a value, `-n?` with a value only when attached, `-#` a number; `--all`, `--max=` with a value,
 * `--color?` with a value only behind `=`. A value that is a file ends with `<` (is read) or `>` (is written).
 */
import { mayBeOption, type ShellWord } from "./shell-word.ts";

interface Option {
  readonly value: "none" | "needed" | "attached";
  readonly use: "read" | "write" | undefined;
}

export interface Touch {
  readonly use: "read" | "write";
  readonly word: ShellWord;
  /** The name itself is made or taken away, so that a link is not followed. */
  readonly isEntry?: boolean;
}

export type ParsedOptions =
  | {
      readonly ok: true;
      /** Names with their dashes, in order, with their values as far as they are known. */
      readonly given: readonly { readonly name: string; readonly value: string | null }[];
      readonly operands: readonly ShellWord[];
      readonly touches: readonly Touch[];
    }
  | { readonly ok: false; readonly why: string };

const compiled = new Map<string, ReadonlyMap<string, Option>>();

function compile(spec: string): ReadonlyMap<string, Option> {
  const known = compiled.get(spec);
  if (known !== undefined) return known;
  const options = new Map<string, Option>();
  for (const token of spec.split(/\s+/).filter((part) => part !== "")) {
    const [, names = "", mark = "", use = ""] = /^(.*?)([:=?]?)([<>]?)$/.exec(token) ?? [];
    const value = mark === "" ? "none" : mark === "?" ? "attached" : "needed";
    const option: Option = { value, use: use === "<" ? "read" : use === ">" ? "write" : undefined };
    if (names.startsWith("--")) options.set(names, option);
    else for (const letter of names.slice(1)) options.set(`-${letter}`, option);
  }
  compiled.set(spec, options);
  return options;
}

/** `stopsAtOperand`: what follows the first operand belongs to another command. */
export function parseOptions(spec: string, args: readonly ShellWord[], stopsAtOperand = false): ParsedOptions {
  const options = compile(spec);
  const given: { name: string; value: string | null }[] = [];
  const operands: ShellWord[] = [];
  const touches: Touch[] = [];
  const rest = [...args];
  const add = (name: string, option: Option, word: ShellWord | undefined) => {
    given.push({ name, value: word?.value ?? null });
    if (word !== undefined && option.use !== undefined) touches.push({ use: option.use, word });
  };
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word.value === "--") {
      operands.push(...rest);
      break;
    }
    if (!mayBeOption(word)) {
      operands.push(word);
      if (!stopsAtOperand) continue;
      operands.push(...rest);
      break;
    }
    if (word.value === null) return { ok: false, why: `“${word.written}” is known only to the shell` };
    const problem = word.value.startsWith("--") ? long(word, options, rest, add) : short(word, options, rest, add);
    if (problem !== undefined) return { ok: false, why: problem };
  }
  return { ok: true, given, operands, touches };
}

type Add = (name: string, option: Option, word: ShellWord | undefined) => void;

function long(word: ShellWord, options: ReadonlyMap<string, Option>, rest: ShellWord[], add: Add): string | undefined {
  const text = word.value ?? "";
  const equals = text.indexOf("=");
  const name = equals === -1 ? text : text.slice(0, equals);
  const option = options.get(name);
  if (option === undefined) return `its option ${name} is not known to be harmless`;
  if (equals !== -1) {
    if (option.value === "none") return `its option ${name} takes no value`;
    add(name, option, { ...word, value: text.slice(equals + 1) });
    return undefined;
  }
  const value = option.value === "needed" ? rest.shift() : undefined;
  if (option.value === "needed" && (value === undefined || value.spreads)) return `the value of ${name} is not known`;
  add(name, option, value);
  return undefined;
}

function short(word: ShellWord, options: ReadonlyMap<string, Option>, rest: ShellWord[], add: Add): string | undefined {
  const text = word.value ?? "";
  if (options.has("-#") && /^-\d+$/.test(text)) {
    given(add, text);
    return undefined;
  }
  for (let index = 1; index < text.length; index += 1) {
    const name = `-${text[index]}`;
    const option = options.get(name);
    if (option === undefined || name === "-#") return `its option ${name} is not known to be harmless`;
    const attached = text.slice(index + 1);
    if (option.value === "none") {
      add(name, option, undefined);
      continue;
    }
    if (attached !== "") add(name, option, { ...word, value: attached });
    else if (option.value === "attached") add(name, option, undefined);
    else {
      const value = rest.shift();
      if (value === undefined || value.spreads) return `the value of ${name} is not known`;
      add(name, option, value);
    }
    return undefined;
  }
  return undefined;
}

function given(add: Add, text: string): void {
  add(text, { value: "none", use: undefined }, undefined);
}
