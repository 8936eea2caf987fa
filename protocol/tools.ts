/** Requests about the tools that agents have. */
import * as z from "zod/mini";
import { request } from "./message.ts";
import { ToolEffect } from "./run-events.ts";

export const ToolInfo = z.object({
  name: z.string(),
  /** Data of others where `source` is not built in. */
  description: z.string(),
  /** “built in”, “workspace”, “MCP server NAME”. */
  source: z.string(),
  effect: ToolEffect,
  /** Why the policy hides it from agents; null: they are offered it. */
  hidden: z.nullable(z.string()),
});
export type ToolInfo = z.infer<typeof ToolInfo>;

export const McpServerInfo = z.object({
  name: z.string(),
  source: z.enum(["user", "workspace"]),
  state: z.enum(["connecting", "ready", "waiting", "failed"]),
  /** Why it is off. */
  problem: z.nullable(z.string()),
  /** Its command in full, as JSON, or its address. */
  target: z.string(),
  tools: z.int(),
  /** Tools that are left out, with why. */
  refused: z.array(z.string()),
});
export type McpServerInfo = z.infer<typeof McpServerInfo>;

export const toolsList = request(
  "tools/list",
  "Every tool for work in a folder, where it comes from, and whether the policy hides it; starts the MCP servers.",
  z.object({ workspace: z.string().check(z.minLength(1), z.maxLength(4096)) }),
  z.object({
    /** False: nothing that the folder itself brings is among them. */
    trusted: z.boolean(),
    tools: z.array(ToolInfo),
    servers: z.array(McpServerInfo),
    /** Plug-ins of the folder that cannot be used. */
    problems: z.array(z.object({ name: z.string(), problem: z.string() })),
  }),
);
