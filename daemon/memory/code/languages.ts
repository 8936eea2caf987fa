/** The languages: each is a folder in grammars/ with data and no code. */
import { basename, join } from "node:path";
import * as z from "zod";
import { listNow, readTextNow } from "../../host/sync-files.ts";

const pairSchema = z.tuple([z.string().min(1), z.string().min(1)]);

/** How to tell words from comments and strings, and what a word's surroundings make of it. */
const lexerSchema = z.strictObject({
  lineComments: z.array(z.string().min(1)).default([]),
  blockComments: z.array(pairSchema).default([]),
  /** On one line, with backslash escapes. */
  strings: z.array(z.string().length(1)).default([]),
  /** Over many lines, with backslash escapes. */
  longStrings: z.array(pairSchema).default([]),
  /** Over many lines, without escapes. */
  rawStrings: z.array(pairSchema).default([]),
  /** What begins code within a long string that opens with a backquote, until "}". */
  interpolation: z.string().optional(),
  /** "/" may begin a regular expression. */
  regex: z.boolean().default(false),
  /** A quote may stand alone before a name (lifetimes, labels). */
  loneQuote: z.boolean().default(false),
  /** Characters, besides letters, digits and "_", that a name may hold. */
  wordCharacters: z.string().default(""),
  keywords: z.array(z.string()).default([]),
  /** Words before a name that is constructed. */
  constructs: z.array(z.string()).default([]),
  /** Words before the names that a type is derived from. */
  extends: z.array(z.string()).default([]),
  /** What stands between a new type's name and those that it is derived from, when that is no word. */
  extendsAfterName: z.string().length(1).optional(),
  /** What opens type arguments between a function's name and its "(". */
  generics: z.enum(["<", "["]).optional(),
  /** What may stand between a called name and its "(", as in "run?.(" and "print!(". */
  callMarks: z.string().default(""),
  /** A call needs no "(": a function of the file that is named is called. */
  commands: z.boolean().default(false),
  /** … and so is every name after ".". */
  memberCalls: z.boolean().default(false),
  /** Calls that bring in a module, with its name in quotes. */
  importCalls: z.array(z.string()).default([]),
  /** Names with a capital and a small letter are types (or, where types are not told by their names, are uses). */
  capitals: z.enum(["type", "use"]).default("type"),
});
export type Lexer = z.output<typeof lexerSchema>;

const languageSchema = z.strictObject({
  /** As people write it. */
  title: z.string().min(1),
  endings: z.array(z.string().startsWith(".")).default([]),
  fileNames: z.array(z.string()).default([]),
  /** Programs of a "#!" line, without version. */
  shebangs: z.array(z.string()).default([]),
  /** Left out for plain text: no package brings a grammar. */
  grammar: z
    .strictObject({
      package: z.string().min(1),
      /** The member of the package that is the language, when it brings several. */
      export: z.string().optional(),
      /** Without it the package is only for wasm. */
      native: z.boolean().default(true),
      /** File in the package. */
      wasm: z.string().endsWith(".wasm").optional(),
    })
    .optional(),
  /** A definition that begins deeper in the tree is not looked for: most of a query's time is the walk. */
  depth: z.int().min(1).max(100).default(8),
  docs: z
    .strictObject({
      /** Beginnings of lines, longest first. */
      lines: z.array(z.string()).default([]),
      blocks: z.array(pairSchema).default([]),
      /** The first string of a body is its documentation. */
      docstrings: z.boolean().default(false),
    })
    .prefault({}),
  /** What decorators begin with. */
  decorators: z.array(z.string()).default([]),
  /** Names that make a method a constructor. */
  constructors: z.array(z.string()).default([]),
  /** A method named like its class is a constructor. */
  constructorsByClass: z.boolean().default(false),
  /** At most so many symbols: data files have endless keys. */
  maxSymbols: z.int().min(1).default(20_000),
  /** Without it the language has no references. */
  lexer: lexerSchema.optional(),
});

export type Language = z.output<typeof languageSchema> & {
  /** The folder's name. */
  readonly name: string;
  readonly folder: string;
  /** The query; "" where there is no grammar. */
  readonly tags: string;
};

export interface Languages {
  readonly all: readonly Language[];
  /** What was wrong with folders that could not be read; the others work. */
  readonly problems: readonly string[];
  get(name: string): Language | undefined;
  /** By file name, then the longest ending, then the first line's "#!". Upper and lower case are alike. */
  languageOf(path: string, firstLine?: string): Language | undefined;
}

/** Where the grammars are: beside the folder of the program's main file, in the sources as in the bundle. */
export function grammarsBeside(main: string): string {
  return join(main, "..", "..", "grammars");
}

/** Throws only when the folder itself cannot be listed. */
export function loadLanguages(folder: string): Languages {
  const all: Language[] = [];
  const problems: string[] = [];
  for (const name of listNow(folder)) {
    const loaded = loadLanguage(join(folder, name), name);
    if (typeof loaded === "string") problems.push(loaded);
    else if (loaded !== undefined) all.push(loaded);
  }
  return { all, problems, ...lookups(all) };
}

function loadLanguage(folder: string, name: string): Language | string | undefined {
  const text = readTextNow(join(folder, "language.json"));
  if (text === undefined) return undefined;
  const parsed = languageSchema.safeParse(parseJson(text));
  if (!parsed.success) return `grammars/${name}/language.json is not valid: ${z.prettifyError(parsed.error)}`;
  const tags = readTextNow(join(folder, "tags.scm")) ?? "";
  if (parsed.data.grammar !== undefined && tags === "") return `grammars/${name}/tags.scm is missing.`;
  return { ...parsed.data, name, folder, tags };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function lookups(all: readonly Language[]): Pick<Languages, "get" | "languageOf"> {
  const byName = new Map(all.map((language) => [language.name, language]));
  const byFileName = table(all, (language) => language.fileNames);
  const byEnding = table(all, (language) => language.endings);
  const byShebang = table(all, (language) => language.shebangs);
  return {
    get: (name) => byName.get(name),
    languageOf(path, firstLine = "") {
      const name = basename(path).toLowerCase();
      return byFileName.get(name) ?? longestEnding(name, byEnding) ?? byShebang.get(shebangProgram(firstLine));
    },
  };
}

function table(all: readonly Language[], keys: (language: Language) => readonly string[]): Map<string, Language> {
  return new Map(all.flatMap((language) => keys(language).map((key) => [key.toLowerCase(), language] as const)));
}

function longestEnding(name: string, byEnding: ReadonlyMap<string, Language>): Language | undefined {
  for (let dot = name.indexOf("."); dot >= 0; dot = name.indexOf(".", dot + 1)) {
    const language = byEnding.get(name.slice(dot));
    if (language !== undefined) return language;
  }
  return undefined;
}

/** "#!/usr/bin/env -S python3.12 -u" is run by python. */
function shebangProgram(firstLine: string): string {
  const match = /^#!\s*(?:\S*\/)?(?:env\s+(?:-\S+\s+)*(?:\S*\/)?)?([A-Za-z+-]+)/.exec(firstLine);
  return match?.[1]?.toLowerCase() ?? "";
}
