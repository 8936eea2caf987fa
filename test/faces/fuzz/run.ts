/**
 * `node test/faces/fuzz/run.ts --face rpc|rpc-stdio|rpc-ws|lsp|acp|mcp|mcp-http|all [--inputs N] [--seed S] [--from BATCH]`: bad input for the faces of
 * the built program. A failure names its seed and batch; with both and `--inputs 40` it comes again.
 */
import { parseArgs } from "node:util";
import { acpFace } from "./acp.ts";
import type { Face } from "./face.ts";
import { lspFace } from "./lsp.ts";
import { mcpFace } from "./mcp.ts";
import { mcpHttpFace } from "./mcp-http.ts";
import { openPlace, type Place } from "./place.ts";
import { rpcFace } from "./rpc.ts";
import { rpcStdioFace } from "./rpc-stdio.ts";
import { rpcWebSocketFace } from "./rpc-web-socket.ts";
import { type TrialResult, tryFace } from "./trial.ts";

const FACES: Readonly<Record<string, (place: Place) => Promise<Face> | Face>> = {
  ...{
    rpc: rpcFace,
    "rpc-stdio": rpcStdioFace,
    "rpc-ws": rpcWebSocketFace,
    lsp: lspFace,
    acp: acpFace,
    mcp: mcpFace,
    "mcp-http": mcpHttpFace,
  },
};

const { values } = parseArgs({
  options: {
    face: { type: "string", default: "all" },
    inputs: { type: "string", default: "20000" },
    seed: { type: "string", default: "1" },
    from: { type: "string", default: "0" },
  },
});
/** What goes by one name. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  all: Object.keys(FACES),
  rpc: ["rpc", "rpc-stdio", "rpc-ws"],
  mcp: ["mcp", "mcp-http"],
};
const names = GROUPS[values.face] ?? [values.face];
let [passed, failed] = [0, 0];
for (const name of names) {
  const make = FACES[name];
  if (make === undefined) throw new Error(`There is no face “${name}”.`);
  const place = await openPlace();
  try {
    const startedAt = performance.now();
    const face = await make(place);
    const result = await tryFace(face, place, {
      inputs: Number(values.inputs),
      seed: values.seed,
      from: Number(values.from),
    });
    await face.close();
    for (const failure of result.failures) process.stdout.write(`FAILED ${failure}\n`);
    process.stdout.write(`${linesAbout(name, result, performance.now() - startedAt).join("\n")}\n`);
    passed += result.passed;
    failed += result.failures.length;
  } finally {
    await place.close();
  }
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
if (failed > 0) process.exitCode = 1;

function linesAbout(name: string, { passed: count, slowest, growth, tally }: TrialResult, ms: number): string[] {
  const waits = [...slowest].map(([who, longest]) => `${who} after ${Math.round(longest)} ms at most`);
  const memory = `memory ${megabytes(growth.face)} (face), ${megabytes(growth.daemon)} (daemon)`;
  const answers = [...tally].map(([kind, each]) => `${kind} ${each}`);
  return [
    `${name}: ${count} inputs in ${Math.round(ms / 1000)} s; ${waits.join(", ")}; ${memory}`,
    `  answers: ${answers.join(", ")}`,
  ];
}

function megabytes(bytes: number): string {
  return `${bytes < 0 ? "-" : "+"}${Math.round(Math.abs(bytes) / 2 ** 20)} MB`;
}
