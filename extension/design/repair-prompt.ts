/** What a run that repairs a diagram is asked. */
export interface BrokenDiagram {
  /** The project's folder, from the workspace's root. */
  readonly folder: string;
  readonly path: string;
  readonly key: string;
  readonly problem: string;
}

export function repairPrompt({ folder, path, key, problem }: BrokenDiagram): string {
  const file = folder === "" ? path : `${folder}/${path}`;
  const place = key === path ? file : `“${key}” in ${file}`;
  return `Repair the Mermaid diagram ${place}. ${problem} Write only that diagram anew so that it can be drawn, with the same meaning, and change nothing else.`;
}
