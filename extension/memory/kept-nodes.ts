/** Searches and impacts that stay in the Memory view. */
import type { ImpactNode, TestRun, TestToRun } from "../../protocol/memory-graph.ts";
import type { Answer } from "../../protocol/messages.ts";
import type { Folder, FoundCode, Kept } from "./memory.ts";
import { count, type MemoryNode, noteNode, openCommand, symbolIcon } from "./node.ts";

export function keptNode(kept: Kept, index: number): MemoryNode {
  const about = { id: `kept ${kept.id}`, context: "kept", subject: { kind: "kept" as const, keptId: kept.id } };
  const isExpanded = index === 0;
  if (kept.kind === "search") {
    const description = `${kept.mode === "ranked" ? "" : `${kept.mode} · `}${count(kept.found.length, "result")}`;
    const children = () => kept.found.map((found, rank) => resultNode(`${about.id} ${rank}`, found));
    return { ...about, label: kept.query, description, icon: "search", isExpanded, children };
  }
  const { answer, folder, symbol } = kept;
  const risk = answer.risk === undefined ? "" : `${answer.risk.level} risk · `;
  const description = `${risk}${count(answer.total, "place")} in ${count(answer.files, "file")}`;
  const tooltip = [`Impact of ${symbol}: ${description}`, ...(answer.risk?.reasons ?? [])].join("\n");
  const children = () => [
    ...impactNodes(about.id, folder, answer.nodes, null),
    ...answer.tests.map((test) => testNode(about.id, folder, test)),
    ...runsOf(answer).map((run, index) => runNode(`${about.id} run ${index}`, folder, run)),
    ...answer.degraded.map((text, index) => noteNode(`${about.id} note ${index}`, text)),
  ];
  return {
    ...about,
    label: `Impact of ${symbol}`,
    description,
    tooltip,
    icon: "type-hierarchy-sub",
    isExpanded,
    children,
  };
}

function resultNode(id: string, { folder, result }: FoundCode): MemoryNode {
  const { path, startLine, endLine, symbol, kind, why } = result;
  return {
    id,
    label: symbol ?? path,
    description: symbol === null ? `:${startLine}` : `${path}:${startLine}`,
    tooltip: [`${path}:${startLine}–${endLine}`, ...why.map((reason) => `· ${reason}`)].join("\n"),
    icon: symbolIcon(kind),
    command: openCommand(folder, path, [startLine, endLine], symbol),
  };
}

function impactNodes(id: string, folder: Folder, nodes: readonly ImpactNode[], parent: number | null): MemoryNode[] {
  const known = new Set(nodes.map((node) => node.id));
  const below = nodes.filter(
    (node) => (node.parent !== null && known.has(node.parent) ? node.parent : null) === parent,
  );
  return below.map((node) => {
    const hasChildren = nodes.some((each) => each.parent === node.id);
    return {
      id: `${id} ${node.id}`,
      label: node.symbol ?? node.path,
      description: `${node.why} · ${node.path}:${node.line}`,
      icon: node.isTest ? "beaker" : symbolIcon(node.kind),
      command: openCommand(folder, node.path, [node.line, node.line], node.symbol),
      ...(hasChildren ? { children: () => impactNodes(id, folder, nodes, node.id) } : {}),
    };
  });
}

function testNode(id: string, folder: Folder, test: TestToRun): MemoryNode {
  return {
    id: `${id} test ${test.path}`,
    label: test.path,
    description: `test to run · ${test.why}`,
    tooltip: test.command ?? test.path,
    icon: "beaker",
    context: test.command === null ? "test" : "test command",
    ...(test.command === null ? {} : { subject: { kind: "test", folder, command: test.command, place: "" } }),
    command: openCommand(folder, test.path, [1, 1], null),
  };
}

function runNode(id: string, folder: Folder, { command, folder: place, tests, why }: TestRun): MemoryNode {
  return {
    id,
    label: command,
    description: `runs ${count(tests.length, "test file")} · ${why}`,
    tooltip: [place === "" ? command : `${command}\nin ${place}`, ...tests].join("\n"),
    icon: "terminal",
    context: "test command",
    subject: { kind: "test", folder, command, place },
  };
}

/** Those that the daemon names, else each command that several tests share. */
function runsOf({ runs, tests }: Answer<"memory/impact">): readonly TestRun[] {
  if (runs !== undefined) return runs;
  const groups = Map.groupBy(tests, ({ command }) => command ?? "");
  return [...groups].flatMap(([command, shared]) => {
    if (command === "" || shared.length < 2) return [];
    return [{ command, folder: "", tests: shared.map(({ path }) => path), why: "all of them at once" }];
  });
}
