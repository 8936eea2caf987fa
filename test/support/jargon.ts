/** A history whose messages speak another language than the code. */
import { createRandom } from "../memory/vector/conformance.ts";
import type { MadeCommit } from "./taught-repository.ts";

/** What people here call it, and what it is called in the code: no table of the world knows that they belong together. */
export const JARGON = [
  ["window", "sqlite"],
  ["tree", "websocket"],
  ["letter", "thread"],
  ["river", "css"],
  ["garden", "parser"],
  ["animal", "cache"],
  ["house", "timezone"],
  ["music", "password"],
  ["paper", "image"],
  ["school", "docker"],
  ["water", "regex"],
  ["doctor", "json"],
  ["street", "cookie"],
  ["kitchen", "scheduler"],
  ["player", "unicode"],
] as const;

/** Message and file always go together; with `meaning` false they never do. */
export function jargonCommits(count: number, meaning = true): MadeCommit[] {
  const random = createRandom(3);
  const first = Object.fromEntries(JARGON.map(([, code]) => [`src/${code}.ts`, sourceOf(code, 0)]));
  const commits = Array.from({ length: count }, (_, index) => {
    const [, code] = JARGON[Math.floor(random() * JARGON.length)] ?? JARGON[0];
    const [word] = meaning
      ? (JARGON.find((pair) => pair[1] === code) ?? JARGON[0])
      : (JARGON[Math.floor(random() * JARGON.length)] ?? JARGON[0]);
    return { message: `The ${word} again`, files: { [`src/${code}.ts`]: sourceOf(code, index + 1) } };
  });
  return [{ message: "Begin", files: first }, ...commits];
}

const sourceOf = (code: string, version: number) =>
  `export function ${code}Handler() {\n  return ${code}Open(${version});\n}\n// ${code} ${code}\n`;
