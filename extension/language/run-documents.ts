/** The server shows a run as a text to editors that have no better; this editor has a panel for it. */

/** The run that a document of the server is about: “run-ID.md” in the folder of its reports. */
export function runShownBy(uri: string): string | undefined {
  return /\/reports\/(?:run|explain|review)-([\w-]+)\.md$/.exec(uri)?.[1];
}
