/** Tools that others wrote, plug-ins of a workspace and tools of MCP servers: their names, words and schemas are data. */

/** For whose work tools are wanted. */
export interface ForeignPlace {
  /** The user's folder, whose configuration counts. */
  readonly workspace: string;
  /** The agent's copy. */
  readonly root: string;
  readonly signal: AbortSignal;
}
