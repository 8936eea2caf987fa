/** What is remembered, in the Memory view: a fact, and below it what it cites. */
import type { Fact } from "../../protocol/knowledge.ts";
import type { Folder, Memory } from "./memory.ts";
import { type MemoryNode, openCommand } from "./node.ts";

export async function factNodes(memory: Memory, folder: Folder): Promise<MemoryNode[]> {
  const { facts, nextCursor } = await memory.facts(folder);
  const nodes = facts.map((fact) => factNode(folder, fact));
  if (nextCursor === null) return nodes;
  const more: MemoryNode = {
    id: `more facts ${folder.path}`,
    label: "Load older facts…",
    icon: "ellipsis",
    command: { name: "nexus.moreFacts", title: "Load older facts", args: [folder] },
  };
  return [...nodes, more];
}

const FACT_ICONS: Readonly<Record<Fact["kind"], string>> = {
  fact: "info",
  decision: "law",
  convention: "checklist",
  dead_end: "circle-slash",
  preference: "person",
};

function factNode(folder: Folder, fact: Fact): MemoryNode {
  const needsPerson = fact.status === "proposed" || fact.status === "flagged";
  const scope = fact.workspace === null ? " · everywhere" : "";
  const status = fact.status === "active" ? "" : ` · ${fact.status}${fact.reason === "" ? "" : `: ${fact.reason}`}`;
  return {
    id: `fact ${folder.path} ${fact.factId}`,
    label: fact.text.split("\n", 1).join("").slice(0, 200),
    description: `${fact.kind.replace("_", " ")}${scope}${status}`,
    tooltip: fact.text,
    icon: needsPerson ? "question" : FACT_ICONS[fact.kind],
    ...(needsPerson ? { color: "list.warningForeground" } : {}),
    context: needsPerson ? "fact confirm" : "fact",
    subject: { kind: "fact", folder, fact },
    ...(fact.cites.length === 0 ? {} : { children: () => fact.cites.map((_, index) => citeNode(folder, fact, index)) }),
  };
}

function citeNode(folder: Folder, fact: Fact, index: number): MemoryNode {
  const cite = fact.cites[index];
  const id = `cite ${folder.path} ${fact.factId} ${index}`;
  if (cite === undefined || "ref" in cite)
    return {
      id,
      label: cite?.ref ?? "",
      description: cite?.kind ?? "",
      icon: cite?.kind === "commit" ? "git-commit" : "link",
    };
  const { path, symbol, lines } = cite;
  return {
    id,
    label: symbol ?? path,
    description: lines === null ? path : `${path}:${lines.start}`,
    icon: "references",
    command: openCommand(folder, path, [lines?.start ?? 1, lines?.end ?? 1], symbol),
  };
}
