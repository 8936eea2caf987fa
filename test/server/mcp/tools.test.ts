/** Every tool, called by the official client over both transports and in both revisions of the protocol. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Connected, connectClient, WIRES } from "../../support/mcp-server/clients.ts";
import { type FaceDaemon, startFaceDaemon } from "../../support/mcp-server/daemon.ts";

let daemon: FaceDaemon;
let connected: Connected | undefined;

beforeEach(async () => {
  daemon = await startFaceDaemon();
});

afterEach(async () => {
  await connected?.close();
  connected = undefined;
  await daemon.close();
});

const LOOKING = [
  "search_code",
  "list_symbols",
  "find_uses",
  "change_impact",
  "connect_symbols",
  "repo_map",
  "file_facts",
  "hotspots",
  "place_for_code",
  "project_facts",
  "index_status",
  "list_runs",
  "show_run",
  "run_events",
  "watch_run",
  "run_diff",
  "show_plan",
  "plan_history",
  "list_documents",
  "read_document",
  "list_approvals",
];

describe.each(WIRES)("over %s in revision %s", (...wire) => {
  it("lists what looks and nothing more", async () => {
    connected = await connectClient(daemon, wire);
    const { tools } = await connected.client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(LOOKING);
    for (const { annotations, outputSchema, inputSchema, description } of tools) {
      expect(annotations).toMatchObject({ readOnlyHint: true, destructiveHint: false });
      expect(inputSchema.type).toBe("object");
      expect(outputSchema).toMatchObject({ type: "object" });
      expect(description).toBeTruthy();
    }
  });
});
