/** Which agents fit some words: by what query, name, purpose and capabilities have in common. */
import type { Agent } from "./agent.ts";

const MOST_FOUND = 5;

/** The best first, at most 5; those that share no word are left out. A rare word counts more, one of a capability twice. */
export function matchAgents(agents: readonly Agent[], query: string): Agent[] {
  const texts = agents.map(({ name, title, purpose, capabilities }) => {
    const skills = wordsOf(capabilities.map(({ id, description }) => `${id} ${description}`).join(" "));
    return { skills, all: new Set([...wordsOf(`${name} ${title} ${purpose}`), ...skills]) };
  });
  const scores = texts.map(({ skills, all }) => {
    let score = 0;
    for (const word of wordsOf(query)) {
      if (!all.has(word)) continue;
      const share = texts.filter((other) => other.all.has(word)).length / texts.length;
      score += (1 - Math.log(share)) * (skills.has(word) ? 2 : 1);
    }
    return score;
  });
  return agents
    .map((agent, index) => ({ agent, score: scores[index] ?? 0 }))
    .filter(({ score }) => score > 0)
    .sort((first, second) => second.score - first.score)
    .slice(0, MOST_FOUND)
    .map(({ agent }) => agent);
}

const EMPTY = new Set([
  "a",
  "an",
  "and",
  "the",
  "of",
  "to",
  "for",
  "in",
  "on",
  "with",
  "that",
  "what",
  "who",
  "it",
  "is",
]);

function wordsOf(text: string): Set<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  // A plural finds its singular.
  const plain = words.map((word) => (word.length > 3 ? word.replace(/(?<!s)s$/, "") : word));
  return new Set(plain.filter((word) => !EMPTY.has(word)));
}
