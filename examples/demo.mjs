// `npm run demo`: a goal becomes a tested change, in a copy of examples/notes and a data folder that are thrown away.
// `npm run demo -- team`: the same with examples/orders, where agents of many fields work side by side.
// A scripted model answers over HTTP; with OPENAI_API_KEY or ANTHROPIC_API_KEY in the environment the real one is asked.
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeRepository, must, nexus, perform, root, say, startScriptedModel, withoutModel } from "./stage.mjs";

const folder = mkdtempSync(join(tmpdir(), "nexus-demo-"));
const EXAMPLES = { notes: "notes", team: "orders" };
const [wanted = "notes"] = process.argv.slice(2);
const example = Object.hasOwn(EXAMPLES, wanted)
  ? EXAMPLES[wanted]
  : fail(`Known: ${Object.keys(EXAMPLES).join(", ")}.`);
const project = join(folder, example);
const goal = readFileSync(join(root, "examples", example, "goal.txt"), "utf8").trim();
/** What a person allows beforehand, where nobody can be asked. */
const policy = join(root, "examples", `${example}.policy.json`);
const allowed = existsSync(policy) ? ["--policy", policy] : [];
const usesRealModel = Boolean(process.env.OPENAI_API_KEY || process.env.ANTHROPIC_API_KEY);

await perform(demo, () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));

async function demo() {
  await prepareProject();
  const script = join(root, "examples", `${example}.script.json`);
  const env = environment(usesRealModel ? {} : await startScriptedModel(script, "--delay", "2"));

  say("The goal", goal);
  say("Nexus works on it", "nexus run GOAL (in a terminal of your own it would ask before it carries out the plan)\n");
  await nexus(env, "run", "--repo", project, ...allowed, goal);

  say("The change, still outside your files", "nexus runs diff latest\n");
  await nexus(env, "runs", "diff", "latest");

  say("Accepting it", "nexus runs accept latest\n");
  await nexus(env, "runs", "accept", "latest");

  say("The project's own tests, once more, in its own folder", "node --test\n");
  await must(process.execPath, ["--test", "--test-reporter=spec"], { cwd: project, env });

  say("Done", "What the run did and cost: nexus runs show latest\n");
  await nexus(env, "runs", "show", "latest");
  process.stdout.write(
    "\nThat was all; nothing is left of it. README.md says how to use Nexus on a project of your own.\n",
  );
}

/** A repository of its own, as a user would have it. */
async function prepareProject() {
  cpSync(join(root, "examples", example), project, { recursive: true });
  rmSync(join(project, "goal.txt"));
  await makeRepository(project, "The example");
}

/** Prints which model answers. The user's environment with the demo's data folder; nothing of the user's own Nexus or model but the keys. */
function environment(model) {
  const own = usesRealModel ? process.env : withoutModel(process.env);
  const about = usesRealModel
    ? "a real model, with the key in your environment; it will cost a little."
    : `a scripted model: a program that answers over HTTP with turns written beforehand
(examples/${example}.script.json). Its price is made up. All else is real: daemon, git, edits, tests.`;
  say("Nexus demo", `Answers come from ${about}`);
  return { ...own, ...model, NEXUS_HOME: join(folder, "home") };
}

function fail(problem) {
  process.stderr.write(`${problem}\n`);
  rmSync(folder, { recursive: true, force: true });
  process.exit(2);
}
