/** From a file's text to what is known of it. Made for worker threads: nothing waits, and parsers are kept. */
import type { FileFacts } from "./facts.ts";
import { importFacts, importStatements } from "./imports.ts";
import { type Language, type Languages, loadLanguages } from "./languages.ts";
import { linesOf } from "./lines.ts";
import { createNativeParser } from "./native-parser.ts";
import { createReferenceFinder, type ReferenceFinder } from "./references.ts";
import { symbolsOf } from "./symbols.ts";
import type { TagParser } from "./tag-parser.ts";
import { createWasmParser } from "./wasm-parser.ts";

/** Longer texts are plain: nobody reads them by symbol, and their trees take thirty times their size. */
export const MAX_PARSED_LENGTH = 1_048_576;
/** A text whose lines are this long on the average was made by a program (minified, packed) and is plain. */
const MAX_MEAN_LINE = 1000;
/** … unless it is shorter than this. */
const MIN_MINIFIED = 10_000;

export type Engine = "native" | "wasm" | "plain";

export interface ExtractorOptions {
  /** The folder of the grammars: `grammarsBeside(main)`. */
  readonly folder: string;
  /** Which parsers may be used, best first; both when left out. */
  readonly engines?: readonly ("native" | "wasm")[];
}

export interface Extractor {
  readonly languages: Languages;
  /** To be awaited before the first `extract` of a language whose native grammar does not load; undefined: go on. */
  prepare(path: string, text: string): Promise<void> | undefined;
  /**
   * Never throws for what is in a text. Without `prepare`, a language that only wasm can parse counts as plain. Native
   * trees are freed between turns of the event loop only: whoever reads many files must let a turn pass after every
   * twenty or so (measured: 17 MB of source in one turn leave 670 MB behind, with turns 160 MB).
   */
  extract(path: string, text: string): FileFacts;
  /** What parses a language here; loads its parser. */
  engineOf(language: string): Promise<Engine>;
  /** Frees what wasm holds. */
  dispose(): void;
}

/** A language's parser and what else is made once for it; no parser: plain. */
interface Worker {
  readonly language: Language;
  readonly parser: TagParser | undefined;
  readonly findReferences: ReferenceFinder;
}

export async function createExtractor(options: ExtractorOptions): Promise<Extractor> {
  const engines = options.engines ?? ["native", "wasm"];
  const languages = loadLanguages(options.folder);
  const workers = new Map<string, Worker>();
  const keep = (language: Language, parser: TagParser | undefined): Worker => {
    const worker = { language, parser, findReferences: createReferenceFinder(language) };
    workers.set(language.name, worker);
    return worker;
  };
  /** Undefined when only wasm may know. */
  const nativeWorker = (language: Language): Worker | undefined => {
    const known = workers.get(language.name);
    if (known !== undefined) return known;
    if (language.grammar === undefined) return keep(language, undefined);
    const parser = engines.includes("native") ? createNativeParser(language) : undefined;
    if (parser !== undefined) return keep(language, parser);
    return engines.includes("wasm") && language.grammar.wasm !== undefined ? undefined : keep(language, undefined);
  };
  const loadWasm = async (language: Language): Promise<Worker> => keep(language, await createWasmParser(language));

  return {
    languages,
    prepare(path, text) {
      const language = languageOfText(languages, path, text);
      if (language === undefined || nativeWorker(language) !== undefined) return undefined;
      return loadWasm(language).then(() => undefined);
    },
    extract(path, text) {
      const language = languageOfText(languages, path, text);
      if (language === undefined) return plain(null);
      const worker = isOversized(text) ? undefined : nativeWorker(language);
      return worker === undefined ? plain(language.name) : factsOf(worker, text);
    },
    async engineOf(name) {
      const language = languages.get(name);
      if (language === undefined) return "plain";
      const worker = nativeWorker(language) ?? (await loadWasm(language));
      return worker.parser?.engine ?? "plain";
    },
    dispose() {
      for (const { parser } of workers.values()) parser?.dispose?.();
      workers.clear();
    },
  };
}

function languageOfText(languages: Languages, path: string, text: string): Language | undefined {
  return languages.languageOf(path, text.startsWith("#!") ? text.slice(0, text.indexOf("\n") + 1 || 200) : "");
}

function plain(language: string | null, broken = false): FileFacts {
  return { language, symbols: [], references: [], imports: [], broken };
}

function isOversized(text: string): boolean {
  if (text.length > MAX_PARSED_LENGTH) return true;
  if (text.length < MIN_MINIFIED) return false;
  let lines = 1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines++;
  return text.length / lines > MAX_MEAN_LINE;
}

function factsOf({ language, parser, findReferences }: Worker, written: string): FileFacts {
  if (parser === undefined) return plain(language.name);
  // Kotlin's scanner runs for ever when a text ends in an annotation without a line end; no limit of time reaches it there.
  const text = written.endsWith("\n") ? written : `${written}\n`;
  const captures = parser.parse(text);
  if (captures === undefined) return plain(language.name, true);
  const lines = linesOf(text);
  const symbols = symbolsOf(text, captures, language, lines);
  const statements = importStatements(text, captures, lines);
  const imported = new Set(statements.flatMap(({ names }) => names));
  const { references, importCalls } = findReferences({ text, symbols, imported, statements, lines });
  return {
    language: language.name,
    symbols: symbols.map(({ fact }) => fact),
    references,
    imports: importFacts(statements, importCalls),
    broken: captures.broken,
  };
}
