// What the scripted roles of `npm run demo:design` say: documents and files of answers/, one turn after another.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const call = (tool, input) => ({ tool, arguments: input });

/**
 * A script for test/support/scripted-model.ts. `answers`: the folder that holds docs/, src/ and test/. `isCareless`: the engineer's
 * first try has a fault that a browser finds.
 */
export function designScript(answers, { isCareless = true } = {}) {
  const text = (path) => readFileSync(join(answers, path), "utf8");
  const document = (name) => JSON.parse(text(`docs/${name}.json`));
  const task = document("task");
  return [
    ...role("product manager", "prd", document("prd")),
    ...role("architect", "system_design", document("system-design")),
    ...role("UI and UX designer", "ui_design", document("ui-design")),
    ...role("project manager", "task", task),
    ...task["Task list"].flatMap((path) => fileTurns(path, answers, text, isCareless && path === CARELESS)),
    ...role("engineer", "code_summary", summaryOf(task)),
    ...turns({ system: "You are the QA engineer of a team" }, [
      { toolCalls: [call("write_file", { path: "test/order.test.ts", content: text("test/order.test.ts") })] },
      { text: "Amounts and totals are tested, also at their ends." },
    ]),
  ];
}

function summaryOf(task) {
  return {
    design_filename: "",
    task_filename: "",
    codes_filenames: task["Task list"],
    reason: "Every requirement is built; each component was looked at in a browser.",
  };
}

function turns(when, replies) {
  return replies.map((reply, turn) => ({ when: { ...when, turn }, reply }));
}

function role(name, kind, content) {
  const when = { system: `You are the ${name} of a team`, firstUser: `Write the document “${kind}”` };
  return turns(when, [{ toolCalls: [call("write_document", { kind, content })] }, { text: `Wrote ${kind}.` }]);
}

/** A file, with its stories where it is a component; then its review. */
function fileTurns(path, answers, text, isCareless) {
  const stories = path.replace(/\.tsx$/, ".stories.tsx");
  const also = stories !== path && existsSync(join(answers, stories)) ? [stories] : [];
  const write = (own, content) => call("write_file", { path: own, content });
  const whole = [path, ...also].map((own) => write(own, text(own)));
  const when = { firstUser: `Write the file ${path} of the task list.` };
  const replies = isCareless
    ? [
        { toolCalls: [write(path, careless(text(path))), ...whole.slice(1)] },
        { text: `Wrote ${path}.` },
        { toolCalls: whole.slice(0, 1) },
        { text: "Less and more are buttons now, so that every key gets to them." },
      ]
    : [{ toolCalls: whole }, { text: `Wrote ${path}.` }];
  const review = {
    when: { firstUser: `Review the file ${path}`, turn: 0 },
    reply: { text: "It does what the task asks. LGTM" },
  };
  return [...turns(when, replies), review];
}

/** The engineer's first try has something in it that only a pointer can click; the browser finds it. */
const CARELESS = "src/BreadCard.tsx";

function careless(source) {
  const button = /<button type="button" onClick={\(\) => onChange\(1\)}[\s\S]*?<\/button>/;
  const tried = source.replace(button, '<span className="more" onClick={() => onChange(1)}>+</span>');
  if (tried === source) throw new Error(`${CARELESS} has no button that could be spoilt.`);
  return tried;
}
