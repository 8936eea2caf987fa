/** One client's session: what it can do, the features that serve it, and the way of each of its messages to one of them. */
import {
  type CancellationToken,
  type Connection,
  type InitializeParams,
  type InitializeResult,
  type Registration,
  ResponseError,
} from "vscode-languageserver/node";
import { createLink } from "../link.ts";
import { choicesOf } from "./choices.ts";
import { createDocuments } from "./documents.ts";
import { responseError } from "./errors.ts";
import { commandsOf } from "./execute-command.ts";
import { type Face, type Feature, GONE, type LspClient, type RequestHandler } from "./feature.ts";
import { createFindings } from "./findings.ts";
import { createFolderIndex } from "./folder-index.ts";
import { createFolders } from "./folders.ts";
import { negotiate } from "./negotiate.ts";
import type { LspOptions } from "./options.ts";
import { createPositions, negotiateEncoding } from "./positions.ts";
import { createProgresses } from "./progress.ts";
import { watchDaemon } from "./reconnect.ts";
import { createReports } from "./reports.ts";
import { createRunTracker } from "./run-tracker.ts";
import { createSay } from "./say.ts";
import { createUnsaved } from "./unsaved.ts";

export interface Session {
  /** Nothing is told and nothing answered from now on. */
  stop(): void;
}

type Take = (params: unknown) => unknown;

const METHOD_NOT_FOUND = -32601;

export function createSession(connection: Connection, options: LspOptions): Session {
  const requests = new Map<string, RequestHandler>();
  const notifications = new Map<string, Take>();
  const gone = new AbortController();
  let features: readonly Feature[] = [];
  let registrations: readonly Registration[] = [];
  let face: Face | undefined;
  let isStopped = false;
  let endWatch: () => void = () => undefined;

  async function initialize(params: InitializeParams): Promise<InitializeResult> {
    const { face: made, tell, begin, findings } = createFace(connection, options, params);
    face = made;
    endWatch = watchDaemon(made, options.isDaemonUp);
    for (const [name, take] of Object.entries(tell)) notifications.set(name, take);
    await begin;
    features = [...options.features.map((create) => create(made)), ...(made.choices.diagnostics ? [findings] : [])];
    const commands = commandsOf(features);
    const offers = features.flatMap((feature) => feature.offers ?? []);
    for (const handler of [...features.flatMap((feature) => feature.requests ?? []), commands.request])
      requests.set(handler.method, handler);
    const negotiated = negotiate(made.client.capabilities, [...offers, commands.offer], made.positions);
    registrations = negotiated.registrations;
    return {
      capabilities: negotiated.capabilities,
      serverInfo: { name: "Nexus", version: options.version },
    };
  }

  async function initialized(): Promise<void> {
    face?.runs.start();
    for (const feature of features) feature.start?.();
    if (registrations.length === 0) return;
    await connection
      .sendRequest("client/registerCapability", { registrations })
      .catch((error: unknown) => connection.console.error(`The client registered nothing: ${String(error)}`));
  }

  async function answer(method: string, params: unknown, token: CancellationToken): Promise<unknown> {
    const handler = requests.get(method);
    if (handler === undefined)
      return new ResponseError(METHOD_NOT_FOUND, `There is no method “${method.slice(0, 100)}”.`);
    const { signal, dispose } = signalOf(token, gone.signal);
    try {
      return (await handler.answer(params ?? {}, { signal })) ?? null;
    } catch (error) {
      return responseError(error);
    } finally {
      dispose();
    }
  }

  function stop(): void {
    if (isStopped) return;
    isStopped = true;
    for (const feature of features) feature.stop?.();
    gone.abort(GONE);
    endWatch();
    face?.runs.stop();
    face?.unsaved.stop();
    face?.link.close();
  }

  connection.onInitialize(initialize);
  connection.onInitialized(initialized);
  connection.onShutdown(() => stop());
  connection.onRequest(answer);
  connection.onNotification((method: string, params: unknown) => {
    if (notifications.get(method)?.(params ?? {}) === false)
      connection.console.error(`The parameters of ${method} do not fit.`);
  });
  return { stop };
}

function createFace(connection: Connection, options: LspOptions, params: InitializeParams) {
  const { clock } = options;
  const client = clientOf(params);
  const positions = createPositions(negotiateEncoding(params.capabilities.general?.positionEncodings));
  const documents = createDocuments(positions);
  const folders = createFolders();
  const progress = createProgresses(connection, client.capabilities, clock);
  const link = createLink({ connect: () => options.connect(client.title), clock });
  const say = createSay(connection);
  const choices = choicesOf(client.options);
  const findings = createFindings({ connection, client });
  const face: Face = {
    ...{ connection, client, link, documents, folders, positions, progress, findings, choices, clock, say },
    unsaved: createUnsaved({ documents, folders, link, clock }),
    index: createFolderIndex({ link, progress, say, folders }, choices),
    runs: createRunTracker({ link, folders }),
    reports: createReports(connection, client, options.reportFolder),
    runDefaults: () => options.runDefaults(),
  };
  // Without an index the daemon keeps no text.
  face.index.onReady((folder) => face.unsaved.tellAgain(folder));
  // The library listens for this itself where the client shows progress, and would not tell us.
  connection.onNotification("window/workDoneProgress/cancel", (cancelled: unknown) => progress.cancelled(cancelled));
  const tell: Record<string, Take> = {
    ...documents.notifications,
    "workspace/didChangeWorkspaceFolders": (changed) => void folders.change(changed),
    "window/workDoneProgress/cancel": (cancelled) => progress.cancelled(cancelled),
  };
  return { face, tell, begin: folders.begin(params), findings };
}

function clientOf({ clientInfo, capabilities, initializationOptions }: InitializeParams): LspClient {
  const { name, version } = { name: "", version: "", ...clientInfo };
  const title = `${name} ${version ?? ""}`.trim().slice(0, 80);
  return { title: title === "" ? "an editor" : title, capabilities, options: initializationOptions };
}

function signalOf(token: CancellationToken, gone: AbortSignal) {
  const controller = new AbortController();
  const leave = () => controller.abort(GONE);
  if (gone.aborted) leave();
  if (token.isCancellationRequested) controller.abort();
  const onToken = token.onCancellationRequested(() => controller.abort());
  gone.addEventListener("abort", leave, { once: true });
  return {
    signal: controller.signal,
    dispose() {
      onToken.dispose();
      gone.removeEventListener("abort", leave);
    },
  };
}
