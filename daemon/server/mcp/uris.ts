/** The addresses of resources. */

export const URIS = {
  map: "nexus://map",
  run: "nexus://run/{runId}",
  plan: "nexus://run/{runId}/plan",
  diff: "nexus://run/{runId}/diff",
  events: "nexus://run/{runId}/events/{after}",
  runDocument: "nexus://run/{runId}/document/{+path}",
  document: "nexus://document/{+path}",
} as const;

export function runUri(runId: string): string {
  return `nexus://run/${encodeURIComponent(runId)}`;
}

export function documentUri(path: string): string {
  return `nexus://document/${path.split("/").map(encodeURIComponent).join("/")}`;
}

/** The run whose state, plan or diff this is. */
export function runOfUri(uri: string): string | undefined {
  const found = /^nexus:\/\/run\/([^/?#]+)(?:\/(?:plan|diff))?$/.exec(uri)?.[1];
  return found === undefined ? undefined : decoded(found);
}

/** As it stands where it is no percent-encoding. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
