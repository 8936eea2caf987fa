/** What the manifest promises to the editor, against what the code registers. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { COMMAND_NAMES } from "../../extension/commands/names.ts";
import { isWorkflowFile } from "../../extension/workflows/workflow-files.ts";

interface MenuItem {
  readonly command: string;
  readonly when?: string;
}
interface Contributes {
  readonly commands: readonly { readonly command: string; readonly title: string; readonly icon?: string }[];
  readonly menus: Readonly<Record<string, readonly MenuItem[]>>;
  readonly keybindings: readonly { readonly command: string }[];
  readonly configuration: { readonly properties: Readonly<Record<string, { readonly scope?: string }>> };
  readonly yamlValidation: readonly YamlSchema[];
  readonly views: { readonly nexus: readonly { readonly id: string }[] };
}

interface YamlSchema {
  readonly fileMatch: readonly string[];
  readonly url: string;
}

interface Capabilities {
  readonly untrustedWorkspaces: { readonly supported: string; readonly restrictedConfigurations: readonly string[] };
  readonly virtualWorkspaces: { readonly supported: boolean };
}

const manifest: { contributes: Contributes; capabilities: Capabilities } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
);
const { commands, menus, keybindings, views, configuration } = manifest.contributes;
const names: readonly string[] = COMMAND_NAMES;

it("declares every command, and no other", () => {
  expect(commands.map(({ command }) => command).toSorted()).toEqual(names.toSorted());
});

it("offers no command that does not exist", () => {
  const offered = [...Object.values(menus).flat(), ...keybindings].map(({ command }) => command);
  expect(offered.filter((command) => !names.includes(command))).toEqual([]);
});

it("gives an icon to every command that stands beside an item or in a title", () => {
  const shown = Object.values(menus)
    .flat()
    .filter((item) => /^(inline|navigation)/.test("group" in item ? String(item.group) : ""));
  const without = shown.filter(({ command }) => !commands.find((each) => each.command === command)?.icon);
  expect(without).toEqual([]);
});

it("names in its conditions only views that exist", () => {
  const ids = Object.values(menus)
    .flat()
    .flatMap(({ when = "" }) => [...when.matchAll(/view == ([\w.]+)/g)].map(([, id]) => id));
  const known = views.nexus.map(({ id }) => id);
  expect(ids.filter((id) => id === undefined || !known.includes(id))).toEqual([]);
});

it("takes no setting from a folder that is not trusted", () => {
  const { supported, restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
  expect(supported).toBe("limited");
  expect(restrictedConfigurations.toSorted()).toEqual(Object.keys(configuration.properties).toSorted());
});

it("lets no workspace say who answers, at what price, with which program or where data is kept", () => {
  const free = Object.entries(configuration.properties).filter(([, { scope }]) => scope !== "machine");
  // The model's name costs at most the budget, and a workspace may only lower that; the others hide what is offered.
  const switches = ["nexus.codeActions", "nexus.codeLens", "nexus.hover"];
  expect(free.map(([name]) => name).toSorted()).toEqual(["nexus.budgetUsd", ...switches, "nexus.model"].toSorted());
});

it("says that it cannot work in a workspace that is not on a disk", () => {
  expect(manifest.capabilities.virtualWorkspaces.supported).toBe(false);
});

it("brings a schema for workflow files, and packs it", () => {
  const schemas = manifest.contributes.yamlValidation;
  expect(schemas.flatMap(({ fileMatch }) => fileMatch).every((name) => isWorkflowFile(name.replace("*", "x")))).toBe(
    true,
  );
  const packed = readFileSync(new URL("../../.vscodeignore", import.meta.url), "utf8").split("\n");
  for (const { url } of schemas) {
    expect(packed).toContain(`!${url.replace("./", "")}`);
    const schema: { readonly properties: object } = JSON.parse(
      readFileSync(new URL(`../../${url}`, import.meta.url), "utf8"),
    );
    expect(Object.keys(schema.properties)).toContain("steps");
  }
});

it("offers to run a workflow in the title of exactly such files", () => {
  const when = menus["editor/title"]?.find(({ command }) => command === "nexus.runWorkflow")?.when ?? "";
  const patterns = [...when.matchAll(/=~ \/(.+?[^\\])\/(?=[ )])/g)].map(([, pattern = ""]) => new RegExp(pattern));
  const isOffered = (path: string) => patterns.some((pattern) => pattern.test(path));
  for (const path of ["/w/.nexus/workflows/a.yaml", "/w/b.nexus.yml", "/w/c.yaml", "/w/.nexus/workflows/d/e.yaml"])
    expect([path, isOffered(path)]).toEqual([path, isWorkflowFile(path)]);
});
