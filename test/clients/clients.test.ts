/** Clients of others: the typed client and the example in Python. `node test/clients/run.ts` runs both in any case. */
import { expect, it } from "vitest";
import { protocolSchemaText } from "../../docs/generate/protocol-schema.ts";
import { NOTIFICATIONS, REQUESTS, REVERSE_REQUESTS } from "../../protocol/index.ts";
import { compileConsumer, PYTHON, runPythonExample } from "./scenarios.ts";

it("gives programs types that hold", async () => {
  expect(await compileConsumer()).toBe("");
});

it.runIf(PYTHON !== undefined)("starts a run from Python and follows it to its end", async () => {
  const lines = await runPythonExample(PYTHON ?? "");
  expect(lines[0]).toBe("1 run.created");
  expect(lines.at(-2)).toMatch(/^\d+ run\.finished$/);
  expect(lines.at(-1)).toMatch(/^done: /);
  expect(lines.slice(0, -1).map((line) => Number(line.split(" ")[0]))).toEqual(
    Array.from({ length: lines.length - 1 }, (_, index) => index + 1),
  );
});

it("has a schema in which every message stands and every reference leads somewhere", () => {
  const text = protocolSchemaText();
  const { $defs, anyOf } = JSON.parse(text);
  const references = [...text.matchAll(/"\$ref": "#\/\$defs\/([^"]+)"/g)].map(([, name]) => name);
  expect(references.filter((name) => !(String(name) in $defs))).toEqual([]);
  for (const { name } of [...REQUESTS, ...REVERSE_REQUESTS]) {
    expect($defs).toHaveProperty([`${name.replace("/", ".")}.params`]);
    expect($defs).toHaveProperty([`${name.replace("/", ".")}.result`]);
  }
  for (const { name } of NOTIFICATIONS)
    expect($defs[name.replace("/", ".")].properties.method).toEqual({ const: name });
  expect(anyOf).toHaveLength(REQUESTS.length + REVERSE_REQUESTS.length + NOTIFICATIONS.length + 1);
});
