/** How a file of the large repository looks in each language: imports, a type with methods, functions that call what is imported. */

/** A file: what it defines is named after `name`, in the language's own style. */
export interface Unit {
  readonly number: number;
  readonly name: string;
  readonly path: string;
  readonly isTest: boolean;
  /** Files in steps of forty share a folder. */
  readonly group: number;
  /** What it imports: earlier files of its language that are no tests. */
  readonly uses: readonly Unit[];
}

export interface Place {
  readonly number: number;
  readonly isTest: boolean;
  readonly group: number;
  readonly noun: string;
}

export interface Language {
  readonly name: string;
  /** Of all lines. */
  readonly share: number;
  /** About so many lines are in a file. */
  readonly linesInFile: number;
  path(place: Place): string;
  write(unit: Unit): string;
  /** The function that others import. */
  symbol(name: string): string;
}

/** Some files are short and some are long: 3 to 23 functions. */
const functionsOf = ({ number }: Unit) => [...Array(3 + ((number * 7) % 21)).keys()];

const lower = (name: string) => name[0]?.toLowerCase() + name.slice(1);
const snake = (name: string) => lower(name).replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const stemOf = (unit: Unit) => unit.path.split("/").at(-1)?.split(".")[0] ?? "";
/** The function that function `index` of a file calls: one of an imported file. */
const called = ({ uses, number }: Unit, index: number) => uses[(index + number) % Math.max(1, uses.length)];

const typescript: Language = {
  name: "typescript",
  symbol: lower,
  share: 0.4,
  linesInFile: 145,
  path: ({ number, isTest, group, noun }) =>
    isTest
      ? `packages/web-${group}/test/${noun.toLowerCase()}-${number}.test.ts`
      : `packages/web-${group}/src/${noun.toLowerCase()}-${number}.ts`,
  write(unit) {
    const { name, number } = unit;
    const imports = unit.uses.map(
      (other) => `import { ${lower(other.name)}, type ${other.name}Options } from "${relative(unit, other)}";`,
    );
    const bodies = functionsOf(unit).map((index) => {
      const other = called(unit, index);
      const own = index === 0 ? lower(name) : `${lower(name)}Step${index}`;
      return `
/** Step ${index} of ${name}: takes what is there and answers with what is left. */
export function ${own}(input: string, options: ${name}Options = {}): number {
  const parts = input.split(",").filter((part) => part.length > ${index});
  let total = options.start ?? ${number};
  for (const part of parts) {
    const value = Number.parseInt(part, 10);
    if (Number.isNaN(value)) continue;
    total += value * ${index + 1};
  }
  return total${other === undefined ? "" : ` + ${lower(other.name)}(input, { start: ${index} })`};
}`;
    });
    return `${imports.join("\n")}

export interface ${name}Options {
  readonly start?: number;
  readonly label?: string;
}

/** Keeps what ${lower(name)} has counted. */
export class ${name}Store {
  private readonly counts = new Map<string, number>();

  add(key: string, options: ${name}Options = {}): void {
    this.counts.set(key, (this.counts.get(key) ?? 0) + ${lower(name)}(key, options));
  }

  merge(other: ${name}Store, keys: readonly string[]): void {
    for (const key of keys) other.add(key);
  }

  total(): number {
    let sum = 0;
    for (const count of this.counts.values()) sum += count;
    return sum;
  }
}
${bodies.join("\n")}
`;
  },
};

function relative(from: Unit, to: Unit): string {
  const parts = from.path.split("/").length - 1;
  return `${"../".repeat(parts)}${to.path}`;
}

const python: Language = {
  name: "python",
  symbol: snake,
  share: 0.25,
  linesInFile: 132,
  path: ({ number, isTest, group, noun }) =>
    isTest
      ? `python/service_${group}/tests/test_${noun.toLowerCase()}_${number}.py`
      : `python/service_${group}/${noun.toLowerCase()}_${number}.py`,
  write(unit) {
    const { name } = unit;
    const imports = unit.uses.map(
      (other) => `from ${other.path.replace(/\.py$/, "").replaceAll("/", ".")} import ${snake(other.name)}`,
    );
    const bodies = functionsOf(unit).map((index) => {
      const other = called(unit, index);
      return `
def ${index === 0 ? snake(name) : `${snake(name)}_step_${index}`}(values, start=${index}):
    """Step ${index} of ${name}: adds up what fits."""
    total = start
    for value in values:
        if value is None:
            continue
        if value > ${index}:
            total += value * ${index + 1}
    return total${other === undefined ? "" : ` + ${snake(other.name)}(values, ${index})`}
`;
    });
    return `"""What belongs to ${name}."""
import json
${imports.join("\n")}


class ${name}Store:
    """Keeps what ${snake(name)} has counted."""

    def __init__(self, path):
        self.path = path
        self.counts = {}

    def add(self, key, values):
        self.counts[key] = self.counts.get(key, 0) + ${snake(name)}(values)

    def merge(self, other, keys):
        for key in keys:
            other.add(key, [1, 2])

    def save(self):
        with open(self.path, "w") as target:
            json.dump(self.counts, target)

${bodies.join("\n")}`;
  },
};

const go: Language = {
  name: "go",
  symbol: (name) => name,
  share: 0.15,
  linesInFile: 130,
  path: ({ number, isTest, group, noun }) =>
    `go/pkg${group}/${noun.toLowerCase()}_${number}${isTest ? "_test" : ""}.go`,
  write(unit) {
    const { name } = unit;
    const foreign = unit.uses.filter((other) => other.group !== unit.group);
    const packages = [...new Set(foreign.map((other) => `example.com/large/go/pkg${other.group}`))];
    const bodies = functionsOf(unit).map((index) => {
      const other = called(unit, index);
      const place = other === undefined || other.group === unit.group ? "" : `pkg${other.group}.`;
      return `
// ${name}Step${index} adds up what fits.
func ${index === 0 ? name : `${name}Step${index}`}(values []int, start int) int {
	total := start
	for _, value := range values {
		if value > ${index} {
			total += value * ${index + 1}
		}
	}
	return total${other === undefined ? "" : ` + ${place}${other.name}(values, ${index})`}
}`;
    });
    return `package pkg${unit.group}

import (
	"fmt"
${packages.map((each) => `	"${each}"`).join("\n")}
)

// ${name}Store keeps what was counted.
type ${name}Store struct {
	counts map[string]int
}

func (store *${name}Store) Add(key string, values []int) {
	store.counts[key] += ${name}(values, 0)
}

func (store *${name}Store) Merge(other *${name}Store, keys []string) {
	for _, key := range keys {
		other.Add(key, []int{1})
	}
}

func (store *${name}Store) Print() {
	fmt.Println(len(store.counts))
}
${bodies.join("\n")}
`;
  },
};

const java: Language = {
  name: "java",
  symbol: lower,
  share: 0.1,
  linesInFile: 137,
  path: ({ number, isTest, group, noun }) =>
    `java/module${group}/src/${isTest ? "test" : "main"}/java/com/example/module${group}/${noun}${number}${isTest ? "Test" : ""}.java`,
  write(unit) {
    const type = stemOf(unit);
    const imports = unit.uses.map((other) => `import com.example.module${other.group}.${stemOf(other)};`);
    const bodies = functionsOf(unit).map((index) => {
      const other = called(unit, index);
      return `
    /** Step ${index} of ${unit.name}. */
    public static int ${index === 0 ? lower(unit.name) : `${lower(unit.name)}Step${index}`}(List<Integer> values, int start) {
        int total = start;
        for (Integer value : values) {
            if (value == null) {
                continue;
            }
            total += value * ${index + 1};
        }
        return total${other === undefined ? "" : ` + ${stemOf(other)}.${lower(other.name)}(values, ${index})`};
    }`;
    });
    return `package com.example.module${unit.group};

import java.util.List;
${imports.join("\n")}

/** What belongs to ${unit.name}. */
public class ${type} {
    private int count;

    public void add(List<Integer> values) {
        this.count += ${lower(unit.name)}(values, 0);
    }

    public void merge(${type} other, List<Integer> values) {
        other.add(values);
    }
${bodies.join("\n")}
}
`;
  },
};

const rust: Language = {
  name: "rust",
  symbol: snake,
  share: 0.1,
  linesInFile: 126,
  path: ({ number, isTest, group, noun }) =>
    `rust/crate${group}/${isTest ? "tests" : "src"}/${noun.toLowerCase()}_${number}.rs`,
  write(unit) {
    const { name } = unit;
    const imports = unit.uses.map((other) =>
      other.group === unit.group
        ? `use crate::${stemOf(other)}::${snake(other.name)};`
        : `use crate${other.group}::${stemOf(other)}::${snake(other.name)};`,
    );
    const bodies = functionsOf(unit).map((index) => {
      const other = called(unit, index);
      return `
/// Step ${index} of ${name}.
pub fn ${index === 0 ? snake(name) : `${snake(name)}_step_${index}`}(values: &[i64], start: i64) -> i64 {
    let mut total = start;
    for value in values {
        if *value > ${index} {
            total += value * ${index + 1};
        }
    }
    total${other === undefined ? "" : ` + ${snake(other.name)}(values, ${index})`}
}`;
    });
    return `${imports.join("\n")}

/// Keeps what was counted.
pub struct ${name}Store {
    counts: Vec<i64>,
}

impl ${name}Store {
    pub fn add(&mut self, values: &[i64]) {
        self.counts.push(${snake(name)}(values, 0));
    }

    pub fn merge(&mut self, other: &mut ${name}Store) {
        other.add(&self.counts.clone());
    }
}
${bodies.join("\n")}
`;
  },
};

export const LANGUAGES: readonly Language[] = [typescript, python, go, java, rust];
