/**
 * `node test/faces/fuzz/run.ts --face rpc|lsp|acp|mcp|mcp-http|all [--inputs N] [--seed S] [--from BATCH]`: bad input for the faces of
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
import { tryFace } from "./trial.ts";

const FACES: Readonly<Record<string, (place: Place) => Promise<Face> | Face>> = {
  ...{ rpc: rpcFace, lsp: lspFace, acp: acpFace, mcp: mcpFace, "mcp-http": mcpHttpFace },
};

const { values } = parseArgs({
  options: {
    face: { type: "string", default: "all" },
    inputs: { type: "string", default: "20000" },
    seed: { type: "string", default: "1" },
    from: { type: "string", default: "0" },
  },
});
const names = values.face === "all" ? Object.keys(FACES) : values.face === "mcp" ? ["mcp", "mcp-http"] : [values.face];
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
    const { slowestMs, witnessMs, growth } = result;
    process.stdout.write(
      `${name}: ${result.passed} inputs in ${Math.round((performance.now() - startedAt) / 1000)} s, slowest answer ` +
        `${Math.round(slowestMs)} ms, another client ${Math.round(witnessMs)} ms, memory ${megabytes(growth.face)} (face) ` +
        `${megabytes(growth.daemon)} (daemon)\n  answers: ${[...result.tally].map(([kind, count]) => `${kind} ${count}`).join(", ")}\n`,
    );
    passed += result.passed;
    failed += result.failures.length;
  } finally {
    await place.close();
  }
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
if (failed > 0) process.exitCode = 1;

function megabytes(bytes: number): string {
  return `${bytes < 0 ? "-" : "+"}${Math.round(Math.abs(bytes) / 2 ** 20)} MB`;
}
