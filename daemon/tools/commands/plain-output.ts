/** What a program prints to a terminal, as text: without colours, titles and cursor movements. */

/** Of a line that was drawn over, what was drawn last. */
export function plainOutput(output: string): string {
  return output
    .replace(/\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b\[[0-?]*[ -/]*[@-~]|\u001b[@-Z\\-_]/g, "")
    .replaceAll("\r\n", "\n")
    .replace(/^[^\n]*\r(?!$)/gm, "");
}
