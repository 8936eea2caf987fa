/** Requests about design documents, of a folder or of a run. */
import { basename } from "node:path";
import {
  type Answer,
  type DesignSource,
  type DesignView,
  NexusError,
  nexusError,
  type Params,
} from "../../../protocol/index.ts";
import { resolveInside } from "../../security/paths/fence.ts";
import type { Trust } from "../../security/trust.ts";
import { folderFiles, type ProjectFiles } from "../documents/project-files.ts";
import { htmlExport } from "./export-html.ts";
import { markdownExport } from "./export-markdown.ts";
import { gather } from "./gather.ts";
import { saveInFolder } from "./save.ts";
import type { RunDesign } from "./source.ts";
import { designView } from "./view.ts";

export interface DesignService {
  read(params: Params<"design/read">): Promise<Answer<"design/read">>;
  picture(params: Params<"design/picture">): Promise<Answer<"design/picture">>;
  /** `caller`: who edits, for the record. */
  save(params: Params<"design/save">, caller: { readonly name: string }): Promise<Answer<"design/save">>;
  export(params: Params<"design/export">): Promise<Answer<"design/export">>;
}

export interface DesignServiceOptions {
  readonly trust: Pick<Trust, "look">;
  /** Left out: no run writes documents. */
  readonly runs?: RunDesign | undefined;
}

/** As the export looks for them. */
function drawnBy(drawings: NonNullable<Params<"design/export">["drawings"]>): ReadonlyMap<string, string> {
  return new Map(drawings.map(({ path, key, svg }) => [`${path} ${key}`, svg]));
}

const LARGEST_PICTURE = 4 * 1024 * 1024;
const PNG_START = Buffer.from("89504e470d0a1a0a", "hex");

type RunSource = Extract<DesignSource, { runId: string }>;
type FolderSource = Exclude<DesignSource, RunSource>;

export function createDesignService({ trust, runs }: DesignServiceOptions): DesignService {
  async function folderOf(source: FolderSource) {
    const { workspace, state } = await trust.look(source.workspace);
    const place = await resolveInside(workspace, source.folder ?? "");
    if (!place.ok) throw new NexusError(place.error);
    const { absolute, relative } = place.value;
    const files = folderFiles(absolute, basename(absolute));
    return { workspace, root: absolute, folder: relative, files, isTrusted: state === "trusted" };
  }

  function runsOr(source: RunSource): RunDesign {
    if (runs === undefined) throw nexusError("run.unknown", source.runId);
    return runs;
  }

  async function viewOf(source: DesignSource): Promise<DesignView> {
    if (!("runId" in source)) {
      const { files, folder } = await folderOf(source);
      return designView(await gather(files), { folder });
    }
    const port = runsOr(source);
    const state = await port.state(source.runId);
    const files = await port.files(source.runId);
    if (files === undefined) throw nexusError("design.none", source.runId);
    return designView(await gather(files), { folder: state.folder, state });
  }

  return {
    read: async ({ source }) => ({ view: await viewOf(source) }),

    async picture({ source, artifact, path }) {
      const bytes = await pictureBytes(source, { artifact, path });
      const isPng = bytes !== undefined && bytes.length <= LARGEST_PICTURE && PNG_START.equals(bytes.subarray(0, 8));
      if (!isPng) throw nexusError("design.no_picture", path ?? artifact ?? "");
      return { png: Buffer.from(bytes).toString("base64") };
    },

    async save({ source, path, hash, text }, caller) {
      if ("runId" in source) {
        const port = runsOr(source);
        const saved = await port.save(source.runId, { path, hash, text, by: `client:${caller.name}` });
        const { documents } = await viewOf(source);
        return { hash: saved.hash, problems: documents.find((document) => document.path === path)?.problems ?? [] };
      }
      const { workspace, root, isTrusted } = await folderOf(source);
      if (!isTrusted) throw nexusError("design.not_trusted", workspace);
      return saveInFolder({ workspace, root, path, hash, text });
    },

    async export({ source, format, drawings = [] }) {
      const view = await viewOf(source);
      if (view.documents.length === 0) throw nexusError("design.none");
      const name =
        view.project
          .replace(/[^\p{L}\p{N}._-]+/gu, "-")
          .replace(/^[-.]+|[-.]+$/g, "")
          .slice(0, 80) || "design";
      return format === "markdown"
        ? { name: `${name}.md`, text: markdownExport(view) }
        : { name: `${name}.html`, text: htmlExport(view, drawnBy(drawings)) };
    },
  };

  async function pictureBytes(
    source: DesignSource,
    { artifact, path }: { artifact: string | undefined; path: string | undefined },
  ): Promise<Uint8Array | undefined> {
    if ("runId" in source && artifact !== undefined) return runsOr(source).artifact(source.runId, artifact);
    const files = await filesOf(source);
    if (files === undefined || path === undefined) return undefined;
    const file = await files.read(path, LARGEST_PICTURE);
    return file.ok ? file.bytes : undefined;
  }

  async function filesOf(source: DesignSource): Promise<ProjectFiles | undefined> {
    return "runId" in source ? runsOr(source).files(source.runId) : (await folderOf(source)).files;
  }
}
