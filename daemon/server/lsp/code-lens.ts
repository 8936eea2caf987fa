/** textDocument/codeLens: which tests cover a definition, who uses it, and which runs want to change the file. */
import type { CodeLens, Range } from "vscode-languageserver";
import * as z from "zod/mini";
import { isEnded, pendingPaths, type RunState } from "../../../protocol/index.ts";
import { askPerson } from "./asking.ts";
import { orNothing } from "./errors.ts";
import { type Face, type Feature, type Place, request } from "./feature.ts";
import { counted } from "./hover.ts";
import { aboutName } from "./name-at.ts";
import { lastName, type OutlineNode, outlineOf, symbolsOf } from "./outline.ts";
import { DocumentParams, RangeParam } from "./params.ts";
import { short } from "./subject-text.ts";
import { parsed } from "./words.ts";

/** Of a document; a longer file shows those of its beginning. */
const MOST = 300;
const TOLD: ReadonlySet<string> = new Set(["class", "interface", "struct", "enum", "trait", "function", "method"]);
const HOLDERS: ReadonlySet<string> = new Set(["class", "interface", "struct", "trait", "module", "enum"]);

const Data = z.object({ uri: z.string(), line: z.int().check(z.gte(1)), name: z.string().check(z.minLength(1)) });
const ResolveParams = z.looseObject({ range: RangeParam, data: z.optional(Data) });
/** What changes the lenses of runs. */
const SHOWN_CHANGES: ReadonlySet<string> = new Set([
  ...["plan.proposed", "task.started", "task.finished", "changes.ready", "changes.accepted", "changes.discarded"],
  ...["changes.superseded", "run.finished"],
]);
const NOTHING = { title: "", command: "" };
/** When lenses that could not say all yet are asked for again; what is not known by then stays as it is. */
const AGAIN_MS = [500, 1000, 2000, 4000, 8000] as const;

export function createCodeLens(face: Face): Feature {
  if (!face.choices.codeLens) return {};

  const refresh = () => void face.connection.sendRequest("workspace/codeLens/refresh").catch(() => undefined);
  const canRefresh = () => face.client.capabilities.workspace?.codeLens?.refreshSupport === true;
  let tries = 0;
  let isWaiting = false;

  /** Memory answers at once with what it has, and finds more meanwhile. */
  function again(): void {
    const wait = AGAIN_MS[tries];
    if (!canRefresh() || isWaiting || wait === undefined) return;
    tries += 1;
    isWaiting = true;
    face.clock.timer(wait, () => {
      isWaiting = false;
      refresh();
    });
  }

  async function lenses(uri: string, signal: AbortSignal): Promise<CodeLens[]> {
    const document = face.documents.get(uri);
    const place = face.folders.placeOf(uri);
    if (document === undefined || place === undefined) return [];
    const runs = runLenses(face.runs.states(), place, face);
    if ((await orNothing(face, face.index.isReady(place.folder))) !== true) return runs;
    await face.unsaved.told(uri);
    const entries = (await orNothing(face, symbolsOf(face, place, signal))) ?? [];
    const nodes = told(outlineOf(face, document, entries)).slice(0, MOST);
    return [
      ...runs,
      ...nodes.map(({ entry, nameRange }): CodeLens => {
        return { range: nameRange, data: { uri, line: entry.line, name: lastName(entry.symbol) } };
      }),
    ];
  }

  async function resolved(lens: z.output<typeof ResolveParams>, signal: AbortSignal): Promise<object> {
    const { data } = lens;
    const place = data === undefined ? undefined : face.folders.placeOf(data.uri);
    if (data === undefined || place === undefined) return { ...lens, command: NOTHING };
    const wish = { place, name: data.name, line: data.line };
    const about = await orNothing(face, aboutName(face, data.uri, wish, { signal, limit: 0 }));
    if (about === undefined) return { ...lens, command: { ...NOTHING, title: "not known yet" } };
    if (!about.complete || about.knowsTests === false) again();
    const more = about.complete ? "" : "+";
    const uses = about.total === 1 && more === "" ? "1 use" : `${about.total}${more} uses`;
    const tests = about.tests.length === 0 ? "no test" : counted(about.tests.length, "test");
    return { ...lens, command: { title: `${uses} · ${tests}`, command: "nexus.showTests", arguments: [data] } };
  }

  /** Shows which tests cover the name at a line of a document, and opens the one that is chosen. */
  async function showTests(args: readonly unknown[], signal: AbortSignal) {
    const data = parsed(Data, args[0], "nexus.showTests needs {uri, line, name}");
    const place = face.folders.placeOf(data.uri);
    const wish = place === undefined ? undefined : { place, name: data.name, line: data.line };
    const about = wish === undefined ? undefined : await aboutName(face, data.uri, wish, { signal, limit: 0 });
    const tests = about?.tests ?? [];
    if (place === undefined || tests.length === 0) {
      face.say("info", `No test was found that covers ${data.name}.`);
      return { tests: [] };
    }
    const listed = tests.map(({ path, why }) => `${path}: ${why}`).join("\n");
    const buttons = face.reports.canShow ? tests.slice(0, 5).map(({ path }) => path) : [];
    const asking = askPerson(face, `Tests that cover ${data.name}:\n${listed}`, buttons, { level: "info" });
    void asking.then((path) => (path === undefined ? undefined : open(place.folder, path)));
    return { tests };
  }

  async function open(folder: string, path: string): Promise<void> {
    const uri = face.folders.uriOf({ folder, path });
    await face.connection.sendRequest("window/showDocument", { uri, takeFocus: true }).catch(() => undefined);
  }

  return {
    offers: [{ method: "textDocument/codeLens", capability: "codeLensProvider", options: { resolveProvider: true } }],
    requests: [
      request("textDocument/codeLens", DocumentParams, async ({ textDocument }, { signal }) =>
        lenses(textDocument.uri, signal),
      ),
      request("codeLens/resolve", ResolveParams, async (lens, { signal }) => resolved(lens, signal)),
    ],
    commands: { "nexus.showTests": async (args, { signal }) => showTests(args, signal) },
    start() {
      if (!canRefresh()) return;
      face.index.onReady(() => {
        tries = 0;
        refresh();
      });
      face.runs.onChange((_, event) => {
        if (event === undefined || SHOWN_CHANGES.has(event.body.type)) refresh();
      });
    },
  };
}

/** What other files can use: locals of functions are left out. */
function told(nodes: readonly OutlineNode[]): OutlineNode[] {
  return nodes.flatMap((node) => [
    ...(TOLD.has(node.entry.kind) ? [node] : []),
    ...(HOLDERS.has(node.entry.kind) ? told(node.children) : []),
  ]);
}

const TOP: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

function runLenses(states: readonly RunState[], place: Place, { folders }: Pick<Face, "folders">): CodeLens[] {
  return states
    .filter(({ workspace }) => folders.workspaceOf(workspace) === place.folder)
    .flatMap((state): CodeLens[] => {
      const title = runTitle(state, place.path);
      return title === undefined
        ? []
        : [{ range: TOP, command: { title, command: "nexus.showRun", arguments: [state.runId] } }];
    });
}

function runTitle(state: RunState, path: string): string | undefined {
  if (pendingPaths(state).includes(path)) return `A change waits: ${short(state.prompt, 50)}`;
  const task = state.tasks.find(
    ({ status, files }) => (status === "waiting" || status === "working") && files.includes(path),
  );
  if (isEnded(state.status) || task === undefined) return undefined;
  return `${task.status === "working" ? "In work" : "Planned"}: ${short(task.title, 50)}`;
}
