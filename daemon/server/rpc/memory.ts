/** Requests about code memory. Nothing outside of the workspace that a request names can be asked for. */
import { isAbsolute } from "node:path";
import type { Handlers, Params } from "../../../protocol/index.ts";
import { NexusError, nexusError } from "../../../protocol/index.ts";
import { realPath, stat } from "../../host/files.ts";
import type { MemoryService } from "../../memory/service.ts";
import { resolveInside } from "../../security/paths/fence.ts";
import type { ClientDocuments } from "../clients/documents.ts";
import type { RpcContext } from "./connection.ts";

type MemoryHandlers = Pick<Handlers<RpcContext>, Extract<keyof Handlers<RpcContext>, `memory/${string}`>>;

export function createMemoryHandlers(memory: MemoryService, documents?: Pick<ClientDocuments, "told">): MemoryHandlers {
  const unsaved = createUnsaved(memory, documents);
  return {
    "memory/status": async (params, call) => memory.status(await located(params), call),
    "memory/index": async (params, call) => memory.index(await located(params), call),
    "memory/forget": async (params, call) => memory.forget(await located(params), call),
    "memory/unsaved": async (params, call) => unsaved(await located(params), call),
    "memory/embedding": async (params, call) => memory.embedding(await located(params), call),
    "memory/learn": async (params, call) => memory.learn(await located(params), call),
    "memory/search": async (params, call) => memory.search(await located(params), call),
    "memory/symbols": async (params, call) => memory.symbols(await located(params), call),
    "memory/about": async (params, call) => memory.about(await located(params), call),
    "memory/uses": async (params, call) => memory.uses(await located(params), call),
    "memory/impact": async (params, call) => memory.impact(await located(params), call),
    "memory/map": async (params, call) => memory.map(await focused(params), call),
    "memory/connect": async (params, call) => memory.connect(await connected(params), call),
    "memory/place": async (params, call) => memory.place(await located(params), call),
    "memory/file": async (params, call) => memory.file(await located(params), call),
    "memory/hotspots": async (params, call) => memory.hotspots(await located(params), call),
    "memory/facts": async (params, call) => memory.facts(await located(params), call),
    "memory/factAdd": async (params, call) => memory.factAdd(await located(params), call),
    "memory/factEdit": async (params, call) => memory.factEdit(await located(params), call),
    "memory/factConfirm": async (params, call) => memory.factConfirm(await located(params), call),
    "memory/factForget": async (params, call) => memory.factForget(await located(params), call),
    "memory/factsExport": async (params, call) => memory.factsExport(await located(params), call),
    "memory/factsImport": async (params, call) => memory.factsImport(await located(params), call),
  };
}

/** The workspace's real path, and the path of a file as it is called inside it. */
async function located<Located extends { workspace: string; path?: string | undefined }>(
  params: Located,
): Promise<Located> {
  const workspace = await checkedWorkspace(params.workspace);
  if (params.path === undefined) return { ...params, workspace };
  return { ...params, workspace, path: await inside(workspace, params.path) };
}

async function focused(params: Params<"memory/map">): Promise<Params<"memory/map">> {
  const workspace = await checkedWorkspace(params.workspace);
  if (params.focus === undefined) return { ...params, workspace };
  return { ...params, workspace, focus: await Promise.all(params.focus.map((path) => inside(workspace, path))) };
}

async function connected(params: Params<"memory/connect">): Promise<Params<"memory/connect">> {
  const workspace = await checkedWorkspace(params.workspace);
  const [from, to] = await Promise.all([located({ ...params.from, workspace }), located({ ...params.to, workspace })]);
  return { workspace, from, to };
}

async function checkedWorkspace(path: string): Promise<string> {
  if (!isAbsolute(path)) throw nexusError("workspace.missing", `“${path}” is not an absolute path.`);
  const found = path.includes("\0") ? undefined : await stat(path).catch(() => undefined);
  if (found === undefined || !found.isDirectory()) throw nexusError("workspace.missing", path);
  return realPath(path);
}

/** Throws `path.outside`. */
async function inside(workspace: string, path: string): Promise<string> {
  const resolved = await resolveInside(workspace, path);
  if (!resolved.ok) throw new NexusError(resolved.error);
  return resolved.value.relative;
}

/** What a client has not saved is known no longer than the client is there. */
function createUnsaved(memory: MemoryService, documents?: Pick<ClientDocuments, "told">) {
  const texts = new WeakMap<AbortSignal, Map<string, Params<"memory/unsaved">>>();

  function open({ name, closed }: RpcContext): Map<string, Params<"memory/unsaved">> {
    const files = new Map<string, Params<"memory/unsaved">>();
    texts.set(closed, files);
    const forget = () => {
      for (const file of files.values())
        memory.unsaved(file, { name, signal: new AbortController().signal }).catch(() => undefined);
    };
    closed.addEventListener("abort", forget, { once: true });
    return files;
  }

  return (params: Params<"memory/unsaved">, call: RpcContext) => {
    const files = texts.get(call.closed) ?? open(call);
    documents?.told(params, call);
    const key = `${params.workspace}\n${params.path}`;
    if (params.text === null) files.delete(key);
    else files.set(key, { ...params, text: null });
    return memory.unsaved(params, call);
  };
}
