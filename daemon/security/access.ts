/** What a call wants to do, in the terms that the policy judges. Paths are workspace paths with forward slashes. */

/** A command that is started again and again differs only in its text; `cwd` is absolute and never comes from a model. */
export interface CommandAccess {
  readonly kind: "command";
  readonly command: string;
  readonly cwd: string;
}

export type Access =
  /** `paths`: as asked for, and where each really is; relative to the workspace. */
  | { readonly kind: "read"; readonly paths: readonly string[] }
  | {
      readonly kind: "write";
      readonly paths: readonly string[];
      /** Those of them whose new content would make programs run something else (`isProtectedChange`). */
      readonly runs?: readonly string[];
    }
  | CommandAccess
  /** The project's own tests, all of them, found by Nexus, not named by a model. */
  | { readonly kind: "test"; readonly command: string; readonly cwd: string }
  /** A page of the web; nothing is sent but the address. */
  | { readonly kind: "network"; readonly url: string }
  /** A tool that others wrote: of a workspace's `.nexus/tools/`, of an MCP server, or a program on this machine. */
  | {
      readonly kind: "foreign";
      readonly source: "workspace" | "mcp" | "program";
      /** `server/tool`, or the plug-in's name. */
      readonly name: string;
      /** The whole arguments as canonical JSON. */
      readonly input: string;
      /** What its author claims; never enough to be allowed by itself. */
      readonly claimsReadOnly: boolean;
    }
  /** Git objects and refs of the copy; `detail` is what a person should see: the message, the branch's name. */
  | { readonly kind: "git"; readonly action: "commit" | "branch"; readonly detail: string }
  /** Touches nothing outside the conversation: a to-do list, a question to the user. */
  | { readonly kind: "none" };

/** What Nexus itself asks of the policy, beside what tools do. */
export type PolicyAccess = Access | { readonly kind: "plan" };
