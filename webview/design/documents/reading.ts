/** Documents as the page draws them: what has another type than it should is left out here, and told by their problems. */
import type { DocumentKind } from "../../../protocol/design/documents.ts";
import type { DesignDocument } from "../../../protocol/design/view.ts";

export interface PrdReading {
  readonly requirements: string;
  readonly goals: readonly string[];
  readonly stories: readonly string[];
  readonly pool: readonly Requirement[];
  readonly competitors: readonly string[];
  /** Mermaid; empty: none. */
  readonly quadrant: string;
  readonly quadrantKey: string;
  readonly analysis: string;
  readonly uiDraft: string;
  readonly unclear: string;
  /** Keys that are not known here, as text. */
  readonly rest: readonly (readonly [string, string])[];
}

export interface Requirement {
  /** R1 is the pool's first. */
  readonly id: string;
  readonly priority: string;
  readonly text: string;
}

export interface SystemReading {
  readonly approach: string;
  readonly files: readonly string[];
  readonly diagrams: readonly { readonly key: string; readonly title: string; readonly source: string }[];
  readonly unclear: string;
  readonly rest: readonly (readonly [string, string])[];
}

export interface TaskReading {
  readonly packages: readonly string[];
  readonly knowledge: string;
  readonly api: string;
  readonly unclear: string;
  /** What each file of the task list is for. */
  readonly logic: ReadonlyMap<string, string>;
}

export function readPrd(content: unknown): PrdReading {
  const { text, texts, pairs, rest } = fieldsOf(content);
  return {
    requirements: text("Original Requirements", "Refined Requirements"),
    goals: texts("Product Goals", "Refined Product Goals"),
    stories: texts("User Stories", "Refined User Stories"),
    pool: pairs("Requirement Pool", "Refined Requirement Pool").map(([priority, words], index) => ({
      id: `R${index + 1}`,
      priority,
      text: words,
    })),
    competitors: texts("Competitive Analysis"),
    quadrant: text("Competitive Quadrant Chart"),
    quadrantKey: "Competitive Quadrant Chart",
    analysis: text("Requirement Analysis", "Refined Requirement Analysis"),
    uiDraft: text("UI Design draft"),
    unclear: text("Anything UNCLEAR"),
    rest: rest("Language", "Programming Language", "Project Name"),
  };
}

export function readSystem(content: unknown): SystemReading {
  const { text, texts, rest, first } = fieldsOf(content);
  const diagram = (title: string, ...keys: string[]) => {
    const key = first(...keys);
    const source = text(...keys);
    return source === "" ? [] : [{ key, title, source }];
  };
  return {
    approach: text("Implementation approach", "Refined Implementation Approach"),
    files: texts("File list", "Refined File list"),
    diagrams: [
      ...diagram("Class diagram", "Data structures and interfaces", "Refined Data structures and interfaces"),
      ...diagram("Sequence diagram", "Program call flow", "Refined Program call flow"),
    ],
    unclear: text("Anything UNCLEAR"),
    rest: rest(),
  };
}

export function readTasks(content: unknown): TaskReading {
  const { text, texts, pairs } = fieldsOf(content);
  return {
    packages: [
      ...texts("Required packages", "Required Python packages"),
      ...texts("Required Other language third-party packages"),
    ].filter((name) => !/^no third-party/i.test(name)),
    knowledge: text("Shared Knowledge", "Refined Shared Knowledge"),
    api: text("Full API spec"),
    unclear: text("Anything UNCLEAR"),
    logic: new Map(pairs("Logic Analysis", "Refined Logic Analysis")),
  };
}

/** The screen's name → its address in the app, from the UI design. */
export function readRoutes(content: unknown): ReadonlyMap<string, string> {
  const screens = entriesOf(content).get("Screens");
  return new Map(
    (Array.isArray(screens) ? screens : []).flatMap((screen): [string, string][] => {
      const fields = entriesOf(screen);
      const [id, route] = [fields.get("id"), fields.get("route")];
      return typeof id === "string" && typeof route === "string" ? [[id, route]] : [];
    }),
  );
}

/** Documents of these kinds, the newest last: names of files are their times. */
export function documentsOf(documents: readonly DesignDocument[], ...kinds: DocumentKind[]): DesignDocument[] {
  const found = documents.filter(({ kind }) => kinds.includes(kind));
  const stem = ({ path }: DesignDocument) => path.split("/").at(-1) ?? path;
  return found.toSorted(
    (one, other) => stem(one).localeCompare(stem(other)) || kinds.indexOf(one.kind) - kinds.indexOf(other.kind),
  );
}

export function entriesOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : []);
}

/** What a person edits: the file's own text where it could not be read as what it should be, else its content. */
export function documentSource({ content, text }: DesignDocument): string {
  return text ?? sourceOf(content);
}

/** As a person writes it: JSON with two spaces, or the text itself. */
export function sourceOf(content: unknown): string {
  if (typeof content === "string") return content;
  return content === null || content === undefined ? "" : JSON.stringify(content, null, 2);
}

/** Reading keys under any of their names, and which were not asked for. */
function fieldsOf(content: unknown) {
  const fields = entriesOf(content);
  const asked = new Set<string>();
  const first = (...keys: string[]): string => keys.find((key) => fields.has(key)) ?? keys[0] ?? "";
  const value = (keys: readonly string[]): unknown => {
    for (const key of keys) asked.add(key);
    return fields.get(first(...keys));
  };
  return {
    first,
    text: (...keys: string[]): string => textOf(value(keys)),
    texts: (...keys: string[]): string[] => textsOf(value(keys)),
    pairs: (...keys: string[]): [string, string][] => pairsOf(value(keys)),
    rest: (...known: string[]): [string, string][] =>
      [...fields].flatMap(([key, other]): [string, string][] =>
        asked.has(key) || known.includes(key) ? [] : [[key, typeof other === "string" ? other : sourceOf(other)]],
      ),
  };
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value.trim();
  return Array.isArray(value) ? textsOf(value).join("\n\n") : "";
}

function textsOf(value: unknown): string[] {
  if (typeof value === "string") return value.trim() === "" ? [] : [value];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

function pairsOf(value: unknown): [string, string][] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((pair): [string, string][] => {
    if (!Array.isArray(pair)) return [];
    const [one, other] = pair;
    return typeof one === "string" && typeof other === "string" ? [[one, other]] : [];
  });
}
