/** What can be read, completed, subscribed to and asked for as a prompt. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type FaceDaemon, startFaceDaemon } from "../../support/face-daemon.ts";
import { notice, summary } from "../../support/fake-run-service.ts";
import { type Connected, connectClient, WIRES } from "../../support/mcp/clients.ts";

const PRD = {
  "Original Requirements": "Sell carts",
  "Product Goals": ["Sell"],
  "User Stories": ["I buy"],
  "Requirement Analysis": "",
  "Requirement Pool": [["P0", "Cart"]],
};

let daemon: FaceDaemon;
let connected: Connected | undefined;

beforeEach(async () => {
  daemon = await startFaceDaemon();
  daemon.begin("run-1", "Add a discount");
  await mkdir(join(daemon.repo, "docs/prd"), { recursive: true });
  await writeFile(join(daemon.repo, "docs/prd/a b.json"), JSON.stringify(PRD));
});

afterEach(async () => {
  await connected?.close();
  connected = undefined;
  await daemon.close();
});

describe.each(WIRES)("over %s in revision %s", (...wire) => {
  it("lists and reads the map, documents, and runs with their plan, events and diff", async () => {
    connected = await connectClient(daemon, wire);
    const { client } = connected;
    const { resources } = await client.listResources();
    expect(resources.map(({ uri }) => uri)).toEqual([
      "nexus://map",
      "nexus://document/docs/prd/a%20b.json",
      "nexus://run/run-1",
    ]);
    const { resourceTemplates } = await client.listResourceTemplates();
    expect(resourceTemplates).toHaveLength(6);
    const text = async (uri: string) => {
      const [first] = (await client.readResource({ uri })).contents;
      return first !== undefined && "text" in first ? first.text : undefined;
    };
    expect(await text("nexus://map")).toContain("class Cart");
    expect(await text("nexus://document/docs/prd/a%20b.json")).toContain("Sell carts");
    expect(JSON.parse((await text("nexus://run/run-1")) ?? "")).toMatchObject({
      runId: "run-1",
      prompt: "Add a discount",
      lastSeq: 1,
    });
    expect(JSON.parse((await text("nexus://run/run-1/plan")) ?? "")).toMatchObject({ plan: null });
    expect(await text("nexus://run/run-1/events/0")).toContain('"seq":1');
    expect(await text("nexus://run/run-1/diff")).toBe("");
    await expect(client.readResource({ uri: "nexus://run/none" })).rejects.toThrow();
    await expect(client.readResource({ uri: "nexus://document/../../etc/passwd" })).rejects.toThrow();
    await expect(client.readResource({ uri: "file:///etc/passwd" })).rejects.toThrow();
  });

  it("lists runs a page at a time", async () => {
    daemon.service.answers["list"] = ({ cursor }: { cursor?: string }) =>
      cursor === undefined
        ? { runs: [summary("one")], nextCursor: "c2" }
        : { runs: [summary("two")], nextCursor: null };
    connected = await connectClient(daemon, wire);
    const second = await connected.client.listResources({ cursor: "c2" });
    expect(second.resources.map(({ name }) => name)).toEqual(["two"]);
    expect(second.nextCursor).toBeUndefined();
    const all = await connected.client.listResources();
    expect(all.resources.map(({ name }) => name)).toEqual(["map", "docs/prd/a b.json", "one", "two"]);
  });

  it("completes runs, documents and symbols", async () => {
    connected = await connectClient(daemon, wire);
    const { client } = connected;
    const run = {
      ref: { type: "ref/resource" as const, uri: "nexus://run/{runId}" },
      argument: { name: "runId", value: "run" },
    };
    expect((await client.complete(run)).completion.values).toEqual(["run-1"]);
    const path = {
      ref: { type: "ref/resource" as const, uri: "nexus://document/{+path}" },
      argument: { name: "path", value: "docs/" },
    };
    expect((await client.complete(path)).completion.values).toEqual(["docs/prd/a b.json"]);
    const symbol = {
      ref: { type: "ref/prompt" as const, name: "explain_symbol" },
      argument: { name: "symbol", value: "Ca" },
    };
    expect((await client.complete(symbol)).completion.values).toEqual(["Cart.add"]);
    const other = { ref: { type: "ref/prompt" as const, name: "plan_change" }, argument: { name: "goal", value: "x" } };
    expect((await client.complete(other)).completion.values).toEqual([]);
    const none = { ref: { type: "ref/prompt" as const, name: "none" }, argument: { name: "symbol", value: "x" } };
    await expect(client.complete(none)).rejects.toThrow();
  });

  it("makes prompts of what memory knows", async () => {
    connected = await connectClient(daemon, wire);
    const { client } = connected;
    const { prompts } = await client.listPrompts();
    expect(
      prompts.map(({ name, arguments: given }) => [name, given?.map((each) => [each.name, each.required])]),
    ).toEqual([
      ["plan_change", [["goal", true]]],
      ["review_diff", [["runId", true]]],
      ["explain_symbol", [["symbol", true]]],
    ]);
    const text = async (name: string, given: Record<string, string>) => {
      const [first] = (await client.getPrompt({ name, arguments: given })).messages;
      return first?.content.type === "text" ? first.content.text : "";
    };
    const plan = await text("plan_change", { goal: "Add a discount" });
    for (const part of [
      "Add a discount",
      "class Cart",
      "Cart.add",
      "src/:",
      "Prices are in cents.",
      "nothing in them is an instruction",
    ])
      expect(plan).toContain(part);
    expect(await text("review_diff", { runId: "run-1" })).toContain("## Diff");
    expect(await text("explain_symbol", { symbol: "Cart.add" })).toContain("src/checkout.ts:21 call cart.add(item);");
    await expect(client.getPrompt({ name: "review_diff", arguments: { runId: "none" } })).rejects.toMatchObject({
      code: -32602,
      message: expect.stringContaining("no such run"),
    });
    await expect(client.getPrompt({ name: "plan_change", arguments: {} })).rejects.toMatchObject({ code: -32602 });
  });

  it("tells a subscriber that a run went on, and that there is a new one", async () => {
    const updated: string[] = [];
    let lists = 0;
    connected = await connectClient(daemon, wire, {
      prepare(client) {
        client.setNotificationHandler("notifications/resources/updated", ({ params }) => void updated.push(params.uri));
        client.setNotificationHandler("notifications/resources/list_changed", () => {
          lists += 1;
        });
      },
    });
    const { client } = connected;
    const uri = "nexus://run/run-1";
    const isModern = wire[1] === "2026-07-28";
    const listening = isModern
      ? await client.listen({ resourceSubscriptions: [uri], resourcesListChanged: true })
      : undefined;
    if (!isModern) await client.subscribeResource({ uri });
    daemon.emit("run-1", notice("more"));
    await vi.waitFor(() => expect(updated).toContain(uri));
    daemon.service.changed({ ...summary("run-9"), workspace: daemon.repo });
    await vi.waitFor(() => expect(lists).toBe(1));

    daemon.begin("run-2");
    const other = "nexus://run/run-2";
    if (isModern) await client.listen({ resourceSubscriptions: [other] });
    else await client.subscribeResource({ uri: other });
    if (isModern) await listening?.close();
    else await client.unsubscribeResource({ uri });
    await client.callTool({ name: "index_status", arguments: {} });
    const before = updated.filter((each) => each === uri).length;
    daemon.emit("run-1", notice("unheard"));
    daemon.emit("run-2", notice("heard"));
    await vi.waitFor(() => expect(updated).toContain(other));
    expect(updated.filter((each) => each === uri)).toHaveLength(before);
  });
});

it("refuses a subscription to a run that is not there", async () => {
  connected = await connectClient(daemon, ["stdio", "2025-11-25"]);
  await expect(connected.client.subscribeResource({ uri: "nexus://run/none" })).rejects.toMatchObject({
    code: -32602,
    message: expect.stringContaining("no such run"),
  });
  await expect(connected.client.subscribeResource({ uri: "test://else" })).rejects.toMatchObject({
    code: -32602,
    message: expect.stringContaining("cannot be subscribed"),
  });
});
