/** workspace/executeCommand: the commands of all features under one roof. */
import { ResponseError } from "vscode-languageserver/node";
import * as z from "zod/mini";
import { type CommandHandler, type Feature, type Offer, type RequestHandler, request } from "./feature.ts";
import { tokens } from "./params.ts";

const METHOD = "workspace/executeCommand";
const INVALID_PARAMS = -32602;
const Params = z.object({
  command: z.string().check(z.maxLength(200)),
  arguments: z.optional(z.nullable(z.array(z.unknown()))),
  ...tokens,
});

export function commandsOf(features: readonly Feature[]): { readonly offer: Offer; readonly request: RequestHandler } {
  const all = new Map<string, CommandHandler>(features.flatMap(({ commands = {} }) => Object.entries(commands)));
  const options = { commands: [...all.keys()].sort(), workDoneProgress: true };
  return {
    offer: { method: METHOD, capability: "executeCommandProvider", options },
    request: request(METHOD, Params, async ({ command, arguments: words, workDoneToken }, { signal }) => {
      const handler = all.get(command);
      if (handler === undefined) throw new ResponseError(INVALID_PARAMS, `There is no command “${command}”.`);
      return handler(words ?? [], { signal, workDoneToken });
    }),
  };
}
