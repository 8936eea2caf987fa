/** Requests about whom a person trusts. */
import * as z from "zod/mini";
import { request } from "./message.ts";

export const TrustState = z.enum(["trusted", "untrusted", "undecided", "changed"]);
/** changed: it was trusted, and what it configures or runs is another since; it counts as untrusted until a person looks. */
export type TrustState = z.infer<typeof TrustState>;

export const WorkspaceTrust = z.object({
  /** Real path. */
  workspace: z.string(),
  state: TrustState,
  /** Of everything that would configure Nexus or be run through it, SHA-256 in hexadecimal digits. */
  hash: z.string(),
  /** What the hash is of: files in the workspace, with why they count. */
  files: z.array(z.object({ path: z.string(), why: z.string() })),
  /** With `changed`: which of them are new, different or gone since. */
  changed: z.array(z.string()),
  /** When, by whom and why it was decided; null while undecided. */
  decided: z.nullable(z.object({ at: z.string(), by: z.string(), why: z.string() })),
});
export type WorkspaceTrust = z.infer<typeof WorkspaceTrust>;

const workspace = z.string().check(z.minLength(1), z.maxLength(4096));

export const workspaceTrust = request(
  "workspace/trust",
  "Whether a folder is trusted, and what that rests on.",
  z.object({ workspace }),
  WorkspaceTrust,
);

export const workspaceSetTrust = request(
  "workspace/setTrust",
  "Trusts a folder as it is now, or takes that back. Only from a person's connection.",
  z.object({
    workspace,
    trusted: z.boolean(),
    /** The hash that the person was shown; another one now refuses with `trust.changed`. */
    hash: z.optional(z.string()),
  }),
  WorkspaceTrust,
);
