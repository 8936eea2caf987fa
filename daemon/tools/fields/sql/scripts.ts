/** The scripts of a folder of migrations, in their order, each with its way back where one is written. */
import { posix } from "node:path";
import type { JudgedText, Script } from "../judge/requests.ts";

export interface Numbered extends Script {
  /** As the name has it: `0007`, `20260101120000`. */
  readonly number: string;
}

/** `db/migrations/0001_a.sql` belongs to `db/migrations`; so does `prisma/migrations/20260101_a/migration.sql`. */
export function migrationFolder(path: string): string | undefined {
  if (!path.endsWith(".sql")) return undefined;
  const folder = /^(.*\/)?(migrations?|migrate)(?=\/)/i.exec(posix.dirname(path).concat("/"))?.[0];
  return folder !== undefined && numberOf(path, folder) !== undefined ? folder : undefined;
}

function numberOf(path: string, folder: string): string | undefined {
  return /^[VU]?(\d+)/i.exec(path.slice(folder.length + 1))?.[1];
}

const DOWN = /\.(down|undo|rollback)\.sql$|(^|\/)(U\d[^/]*|down)\.sql$/i;

/** Those of one folder. A way back stands in a file of its own (`….down.sql`, `U1__….sql`) or below a mark in the script. */
export function scriptsOf(folder: string, texts: readonly JudgedText[]): Numbered[] {
  const numbered = texts.flatMap(({ path, text }) => {
    const number = path.startsWith(`${folder}/`) ? numberOf(path, folder) : undefined;
    return number === undefined ? [] : [{ path, text, number }];
  });
  const downs = new Map(numbered.filter(({ path }) => DOWN.test(path)).map(({ number, text }) => [number, text]));
  return numbered
    .filter(({ path }) => !DOWN.test(path))
    .map(({ path, text, number }) => {
      const { up, down = downs.get(number) } = sections(text);
      return { path, number, up, ...(down === undefined ? {} : { down }) };
    })
    .sort((one, other) => compare(one.number, other.number) || (one.path < other.path ? -1 : 1));
}

/** As dbmate, goose, sql-migrate and rambler mark the two parts. */
function sections(text: string): { up: string; down?: string } {
  const mark = /^--\s*(?:migrate:|\+(?:goose|migrate)\s+|rambler\s+)?down\b.*$/im.exec(text);
  if (mark === null) return { up: text };
  return { up: text.slice(0, mark.index), down: text.slice(mark.index + mark[0].length) };
}

function compare(one: string, other: string): number {
  const [first, second] = [BigInt(one), BigInt(other)];
  return first < second ? -1 : first > second ? 1 : 0;
}

/** What is wrong with the numbers themselves. Times as numbers may have gaps. */
export function numberProblems(scripts: readonly Numbered[]): { path: string; rule: string; message: string }[] {
  return scripts.flatMap(({ path, number }, index) => {
    const earlier = scripts[index - 1];
    if (earlier === undefined) return [];
    const step = BigInt(number) - BigInt(earlier.number);
    if (step === 0n)
      return [{ path, rule: "migration/number", message: `${earlier.path} has the number ${number} already` }];
    const isTime = number.length >= 8;
    if (isTime || step === 1n) return [];
    return [{ path, rule: "migration/gap", message: `there is no migration between ${earlier.number} and ${number}` }];
  });
}
