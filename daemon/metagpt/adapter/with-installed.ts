/** The installed MetaGPT beside the roles: its tool, and its documents, which lie in a folder of their own. */
import { resolveInside } from "../../security/paths/fence.ts";
import type { Roles } from "../roles/design-work.ts";
import { createRunMetagpt, type RunMetagptOptions } from "./run-metagpt.ts";

export function withInstalled(roles: Roles, options: RunMetagptOptions): Roles {
  const runMetagpt = createRunMetagpt(options);
  return {
    ...roles,
    tools: (place) => [...roles.tools(place), runMetagpt],
    describe: async (place, path) => (await roles.describe(place, path)) ?? describeBelow(roles, place, path),
  };
}

/** Of a project in a folder: `todo/docs/prd/….json` is `docs/prd/….json` of `todo`. */
async function describeBelow(roles: Roles, place: Parameters<Roles["describe"]>[0], path: string) {
  const [, folder = "", own = ""] = /^(.+?)\/((?:docs|test_outputs)\/.+)$/.exec(path) ?? [];
  const at = folder === "" ? undefined : await resolveInside(place.root, folder);
  if (at?.ok !== true) return undefined;
  const found = await roles.describe({ ...place, root: at.value.absolute }, own);
  if (found === undefined) return undefined;
  const derivedFrom = found.derivedFrom.map((source) => ({ ...source, path: `${folder}/${source.path}` }));
  return { ...found, derivedFrom };
}
