/** What a command printed, as it may reach a terminal of the editor. */

/** A colour, or any other sequence that steers a terminal. */
const SEQUENCES =
  /(?<colour>\x1b\[[0-9;]*m)|\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])?/g;
const CONTROLS = /[\x00-\x07\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f]/g;

/** Colours stay; titles, links, the clipboard, questions to the terminal and whatever else could steer it go. */
export function plainOutput(text: string): string {
  return text
    .replace(SEQUENCES, (_, colour: string | undefined) => colour ?? "")
    .replace(CONTROLS, "")
    .replace(/\r?\n/g, "\r\n");
}
