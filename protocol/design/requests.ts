/** Requests about design documents: of a folder, or of a run that writes them. */
import * as z from "zod/mini";
import { request } from "../message.ts";
import { DesignView } from "./view.ts";

/** A run's copy, or a folder of a workspace (`folder` from its root; left out: the workspace itself). */
export const DesignSource = z.union([
  z.strictObject({ runId: z.string().check(z.minLength(1), z.maxLength(80)) }),
  z.strictObject({
    workspace: z.string().check(z.minLength(1)),
    folder: z.optional(z.string().check(z.maxLength(500))),
  }),
]);
export type DesignSource = z.infer<typeof DesignSource>;

const path = z.string().check(z.minLength(1), z.maxLength(500));

export const designRead = request(
  "design/read",
  "The design documents of a run or a folder, with tasks, traces, wireframes and checks. Nothing is changed.",
  z.object({ source: DesignSource }),
  z.object({ view: DesignView }),
);

export const designPicture = request(
  "design/picture",
  "A screenshot of a check, as PNG in base64, at most 4 MB.",
  z.object({ source: DesignSource, artifact: z.optional(z.string().check(z.maxLength(100))), path: z.optional(path) }),
  z.object({ png: z.string() }),
);

export const designSave = request(
  "design/save",
  "A person's own version of a document. Refused when the document changed since `hash`, or when it no longer is one.",
  z.object({
    source: DesignSource,
    path,
    hash: z.string().check(z.maxLength(100)),
    text: z.string().check(z.maxLength(1024 * 1024)),
  }),
  z.object({ hash: z.string(), problems: z.array(z.object({ code: z.string(), message: z.string() })) }),
);

export const designProcedure = request(
  "design/procedure",
  "How the roles would work on an idea: a workflow for run/start, in the order of what they watch and make. Nothing begins.",
  z.object({
    workspace: z.string().check(z.minLength(1)),
    idea: z.string().check(z.minLength(1), z.maxLength(20_000)),
    /** Refine a project that is there; left out: where it has design documents. */
    incremental: z.optional(z.boolean()),
    /** Names of roles; left out: all. */
    roles: z.optional(z.array(z.string().check(z.maxLength(60))).check(z.maxLength(40))),
  }),
  z.object({
    prompt: z.string(),
    workflow: z.object({ path: z.string(), text: z.string(), inputs: z.record(z.string(), z.unknown()) }),
    stem: z.string(),
    incremental: z.boolean(),
    roles: z.array(z.object({ name: z.string(), watches: z.array(z.string()), produces: z.array(z.string()) })),
  }),
);

export const designExport = request(
  "design/export",
  "All documents as one text: Markdown, or HTML that prints well and needs nothing from elsewhere.",
  z.object({
    source: DesignSource,
    format: z.enum(["markdown", "html"]),
    /** Diagrams as the caller drew them, for a page: SVG, by the document's path and its key. */
    drawings: z.optional(
      z.array(z.object({ path, key: path, svg: z.string().check(z.maxLength(500_000)) })).check(z.maxLength(60)),
    ),
  }),
  z.object({ name: z.string(), text: z.string() }),
);
