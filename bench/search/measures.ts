/** What a ranked list is worth. */

export interface Quality {
  /** Share of the gold files among the first k. */
  readonly recall1: number;
  readonly recall5: number;
  readonly recall10: number;
  readonly recall20: number;
  /** 1 / place of the first gold file; 0 when it is not there. */
  readonly reciprocal: number;
}

export function qualityOf(ranked: readonly string[], gold: readonly string[]): Quality {
  const wanted = new Set(gold);
  const recall = (length: number) => ranked.slice(0, length).filter((path) => wanted.has(path)).length / wanted.size;
  const first = ranked.findIndex((path) => wanted.has(path));
  return {
    recall1: recall(1),
    recall5: recall(5),
    recall10: recall(10),
    recall20: recall(20),
    reciprocal: first < 0 ? 0 : 1 / (first + 1),
  };
}

export function average(qualities: readonly Quality[]): Quality {
  const mean = (of: (quality: Quality) => number) =>
    qualities.reduce((sum, quality) => sum + of(quality), 0) / Math.max(1, qualities.length);
  return {
    recall1: mean(({ recall1 }) => recall1),
    recall5: mean(({ recall5 }) => recall5),
    recall10: mean(({ recall10 }) => recall10),
    recall20: mean(({ recall20 }) => recall20),
    reciprocal: mean(({ reciprocal }) => reciprocal),
  };
}

export function qualityLine(name: string, quality: Quality): string {
  const { recall1, recall5, recall10, recall20, reciprocal } = quality;
  const cells = [recall1, recall5, recall10, recall20, reciprocal].map((value) => value.toFixed(3));
  return `${name.padEnd(36)} ${cells.join("  ")}`;
}

export const QUALITY_HEAD = `${"".padEnd(36)} R@1    R@5    R@10   R@20   MRR`;
