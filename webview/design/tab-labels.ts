/** What the tabs say beside their names: the one figure that tells whether to look there. */
import type { DesignView } from "../../protocol/design/view.ts";
import { plural } from "../format.ts";
import { documentsOf, readPrd } from "./documents/reading.ts";
import { openGates } from "./gates/gate-card.tsx";
import type { Tab } from "./host.ts";
import type { TabLabel } from "./tabs.tsx";
import { traceMatrix } from "./traces/matrix.ts";

export function tabLabels(view: DesignView): Record<Tab, TabLabel> {
  return {
    requirements: { name: "Requirements", ...requirementCount(view) },
    architecture: { name: "Architecture" },
    tasks: { name: "Tasks", ...taskCount(view) },
    traces: { name: "Traceability", ...traceCount(view) },
    screens: { name: "Screens", ...screenCount(view) },
    documents: { name: "Documents", ...documentCount(view) },
  };
}

type Count = Pick<TabLabel, "count">;

function requirementCount({ documents }: DesignView): Count {
  const { pool } = readPrd(documentsOf(documents, "prd", "refined_prd").at(-1)?.content);
  if (pool.length === 0) return {};
  return { count: { text: String(pool.length), meaning: plural(pool.length, "requirement"), tone: "plain" } };
}

function taskCount({ tasks }: DesignView): Count {
  if (tasks.length === 0) return {};
  const done = tasks.filter(({ status }) => status === "done").length;
  const isBad = tasks.some(({ status }) => status === "failed" || status === "stale");
  const meaning = `${done} of ${tasks.length} done`;
  return { count: { text: `${done}/${tasks.length}`, meaning, tone: isBad ? "bad" : "plain" } };
}

function traceCount(view: DesignView): Count {
  const { rows } = traceMatrix(view);
  const [missing, stale] = [
    rows.filter(({ isMissing }) => isMissing).length,
    rows.filter(({ isStale }) => isStale).length,
  ];
  if (missing + stale === 0) return {};
  const meaning = `${missing} with something missing, ${stale} stale`;
  return { count: { text: String(rows.filter((row) => row.isMissing || row.isStale).length), meaning, tone: "wait" } };
}

function screenCount({ checks }: DesignView): Count {
  const failed = checks.flatMap((check) => check.checks).filter(({ outcome }) => outcome === "failed").length;
  if (failed === 0) return {};
  return { count: { text: String(failed), meaning: `${plural(failed, "check")} failed`, tone: "bad" } };
}

function documentCount({ documents }: DesignView): Count {
  const waiting = openGates(documents).length;
  if (waiting > 0) return { count: { text: String(waiting), meaning: `${waiting} to decide`, tone: "wait" } };
  const broken = documents.filter(({ problems }) => problems.length > 0).length;
  if (broken === 0) return {};
  return { count: { text: String(broken), meaning: `${broken} with problems`, tone: "bad" } };
}
