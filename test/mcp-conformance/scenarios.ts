/**
 * The scenarios of the suite, and what of them a server can show that has tools of its own. Many ask for tools, resources and
 * prompts of a test server by name. Where ours of the same kind can stand in, the front (front.ts) puts our name into the
 * request; the answer goes back as it is, and the suite judges it.
 */

/** Of the run and the project that run.ts has made. */
export interface Fixture {
  /** With a change that nobody decided about. */
  readonly runId: string;
}

type Params = Readonly<Record<string, unknown>>;

/** What stands in for a fixture of the suite, by the name or address that requests call it. */
export function standIns({ runId }: Fixture): Readonly<Record<string, (params: Params) => Params>> {
  const call = (name: string, given: Params) => (params: Params) => ({ ...params, name, arguments: given });
  return {
    test_simple_text: call("index_status", {}),
    test_error_handling: call("file_facts", { path: "no/such/file.ts" }),
    test_tool_with_progress: call("watch_run", { runId, seconds: 1 }),
    test_elicitation: call("accept_changes", { runId }),
    "test://static-text": (params) => ({ ...params, uri: "nexus://map" }),
    "test://template/123/data": (params) => ({ ...params, uri: "nexus://document/docs/prd/123.json" }),
    "test://watched-resource": (params) => ({ ...params, uri: `nexus://run/${runId}` }),
    test_simple_prompt: call("explain_symbol", { symbol: "Cart.add" }),
    test_prompt_with_arguments: planOrCompletion,
  };
}

/** `prompts/get` with two arguments, or `completion/complete` of the first. */
function planOrCompletion(params: Params): Params {
  if ("argument" in params)
    return { ref: { type: "ref/prompt", name: "explain_symbol" }, argument: { name: "symbol", value: "Ca" } };
  const values: unknown[] = Object.values(Object(params["arguments"]));
  return { ...params, name: "plan_change", arguments: { goal: values.join(" and ") } };
}

export const AS_THEY_ARE: readonly string[] = [
  "server-initialize",
  "ping",
  "tools-list",
  "resources-list",
  "prompts-list",
  "server-sse-multiple-streams",
  "dns-rebinding-protection",
];

export const WITH_OUR_NAMES: readonly string[] = [
  "completion-complete",
  "tools-call-simple-text",
  "tools-call-error",
  "tools-call-with-progress",
  "tools-call-elicitation",
  "resources-read-text",
  "resources-templates-read",
  "resources-subscribe",
  "resources-unsubscribe",
  "prompts-get-simple",
  "prompts-get-with-args",
];

const NO_BINARY = "Nothing that Nexus answers with is an image, a sound or another binary.";
const NO_LOG = "Nexus declares no logging: it is deprecated since 2026-07-28, and standard error is there for it.";
const OWN_FORMS = "It prescribes the form that the person is shown; ours ask for decisions.";

/** Never counted, neither as passed nor as failed. */
export const NOT_APPLICABLE: Readonly<Record<string, string>> = {
  "logging-set-level": NO_LOG,
  "tools-call-with-logging": NO_LOG,
  "tools-call-image": NO_BINARY,
  "tools-call-audio": NO_BINARY,
  "tools-call-mixed-content": NO_BINARY,
  "resources-read-binary": NO_BINARY,
  "prompts-get-with-image": NO_BINARY,
  "tools-call-embedded-resource": "No tool of Nexus embeds a resource: what it says is the structured result.",
  "prompts-get-embedded-resource": "No prompt of Nexus embeds a resource.",
  "tools-call-sampling": "Nexus never asks the client's model for anything.",
  "json-schema-2020-12": "It prescribes a tool whose schema has $defs and a $ref.",
  "elicitation-sep1034-defaults": OWN_FORMS,
  "elicitation-sep1330-enums": OWN_FORMS,
  "server-sse-polling":
    "It prescribes a tool that breaks its own stream off; Nexus keeps no stream for a client that comes back.",
};
