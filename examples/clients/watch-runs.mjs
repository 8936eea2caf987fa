// Tells what happens in all runs, and what waits for a person: node watch-runs.mjs. Needs the package `nexus`.
import { connect } from "nexus/client";

const nexus = await connect({ name: "watch-runs", title: "Node example" });
nexus.onClose(() => process.exit(0));
nexus.on("run/changed", ({ run }) => console.log(run.runId, run.status, run.prompt));
nexus.on("approval/changed", ({ opened, closed }) => {
  for (const { runId, approval } of opened) console.log(runId, "asks:", approval.title);
  for (const { runId, decision = "nobody" } of closed) console.log(runId, "was answered:", decision);
});
await nexus.request("approval/watch", {});
