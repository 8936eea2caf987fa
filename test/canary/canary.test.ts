/** A secret that is put wherever users have secrets is found in nothing that a run leaves or sends. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { type Engine, startEngine } from "../support/engine.ts";
import type { Reply } from "../support/scripted/script.ts";

const CANARY = "c4n4ry/Zq8+Lm2Xv7Rt5Yb3Nw9Kd";
const TYPED = `sk-proj-${"aB3dE5gH7jK9".repeat(3)}`;
let engine: Engine;
afterEach(() => engine.close());

/** As they would stand in a file, whatever comes before and after. */
function encodings(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const core = (offset: number) =>
    Buffer.concat([Buffer.alloc(offset), bytes])
      .toString("base64")
      .slice(offset === 0 ? 0 : offset + 1, -4);
  return [secret, bytes.toString("hex"), encodeURIComponent(secret), core(0), core(1), core(2)];
}

function bytesBelow(folder: string): Buffer[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile() && !path.includes("worktrees") && !path.includes(".git"))
    .map((path) => readFileSync(path));
}

const call = (tool: string, input: unknown): Reply => ({ toolCalls: [{ tool, arguments: input }] });
const COMMAND = `node -e "const s=require('fs').readFileSync('.env','utf8').trim().split('=').slice(1).join('=');const b=Buffer.from(s);for(const t of [s,b.toString('base64'),b.toString('hex'),encodeURIComponent(s),Buffer.from('xx'+s+'y'.repeat(90)).toString('base64').replace(/.{76}/g,'$&\\n'),Buffer.from(b.toString('base64')).toString('base64')])console.log(t)"`;

it("of a file that was read, a command's output and a prompt", { timeout: 120_000 }, async () => {
  engine = await startEngine({
    files: { ".env": `API_SECRET=${CANARY}\n`, "a.txt": "old\n" },
    script: [
      { when: { turn: 0 }, reply: call("read_file", { path: ".env" }) },
      { when: { turn: 1 }, reply: call("run_command", { command: COMMAND }) },
      { when: { turn: 2 }, reply: call("edit_file", { path: "a.txt", edits: [{ search: "old", replace: "new" }] }) },
      // Wherever it has it from: what it says itself must not stay either.
      {
        when: { turn: 3 },
        reply: { ...call("run_command", { command: `test x = ${CANARY}` }), text: `It is ${CANARY}` },
      },
      { when: { turn: 4 }, reply: { text: "Done." } },
    ],
  });
  const runId = await engine.start(`Change old to new in a.txt, with ${TYPED}`, { headless: false });
  const unsubscribe = engine.service.onEvent(({ body }) => {
    if (body.type !== "approval.requested") return;
    const { approvalId, subjectHash } = body.approval;
    void engine.service.answer({ runId, approvalId, subjectHash, decision: "approve" }, { name: "person" });
  });
  const state = await engine.ended(runId);
  unsubscribe();
  expect(state).toMatchObject({ status: "done" });
  expect(state.notices.map(({ code }) => code)).toContain("secret.removed");
  const events = JSON.stringify(await engine.events(runId));
  // The commands ran and were seen, so that there was something to take out.
  expect(events.match(/«secret removed»/g)?.length).toBeGreaterThan(6);
  await engine.audit.close();
  const requests = engine.server.requests.map((request) => JSON.stringify(request));
  const artefacts = [events, ...requests, ...bytesBelow(engine.home).map((bytes) => bytes.toString("latin1"))];
  expect(artefacts.length).toBeGreaterThan(5);
  for (const secret of [CANARY, TYPED])
    for (const encoding of encodings(secret))
      for (const [index, artefact] of artefacts.entries())
        expect(artefact.includes(encoding), `artefact ${index} holds ${encoding}`).toBe(false);
});
