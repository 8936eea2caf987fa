/** How a run of MetaGPT is started: what its configuration says, its environment, its arguments. */
import { hostPlatform } from "../../host/processes.ts";
import { metagptBridge } from "../../host/programs.ts";
import { commandEnvironment } from "../../security/environment.ts";
import { type Installation, pathFor } from "./detect.ts";

export interface MetagptWork {
  readonly idea: string;
  /** Folder name of the project below the workspace. */
  readonly project: string;
  /** It is there already, and is to be changed. */
  readonly isIncremental: boolean;
  readonly rounds: number;
  readonly runTests: boolean;
  readonly codeReview: boolean;
}

export interface MetagptPlaces {
  /** All that MetaGPT sees as its own: METAGPT_PROJECT_ROOT. */
  readonly root: string;
  readonly home: string;
  readonly workspace: string;
  /** Where it keeps what it can go on from. */
  readonly team: string;
}

export interface ProxyAddress {
  readonly port: number;
  readonly token: string;
  readonly model: string;
}

/** MetaGPT's own budget is checked between rounds only and takes unknown models for free: ours holds instead. */
const NO_OWN_LIMIT = 1_000_000;

/** `config2.yaml`; JSON is YAML. The key is the run's token, which ends with the run. */
export function metagptConfig({ port, token, model }: ProxyAddress, workspace: string): string {
  const llm = {
    api_type: "openai",
    model,
    base_url: `http://127.0.0.1:${port}/v1`,
    api_key: token,
    stream: true,
    timeout: 900,
    calc_usage: false,
  };
  const config = {
    llm,
    // Drawing diagrams would start a browser.
    mermaid: { engine: "none" },
    workspace: { path: workspace },
    repair_llm_output: true,
    exp_pool: { enabled: false },
    role_zero: { enable_longterm_memory: false },
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

const KEPT = /^(PATH|LANG|LANGUAGE|LC_.*|TZ|SYSTEMROOT|WINDIR|SYSTEMDRIVE|COMSPEC|PATHEXT|OS|TEMP|TMP|TMPDIR)$/i;

/** Only what Python and git need to work; the home folder is an empty one, and there is no key but the run's token. */
export function metagptEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  { python, userBase }: Pick<Installation, "python" | "userBase">,
  { home, root }: MetagptPlaces,
  { port, token }: ProxyAddress,
): Record<string, string> {
  const kept = Object.entries(commandEnvironment(env)).filter(([name]) => KEPT.test(name));
  const person = { NAME: "MetaGPT", EMAIL: "metagpt@localhost" };
  const author = Object.entries(person).flatMap(([name, value]) => [
    [`GIT_AUTHOR_${name}`, value],
    [`GIT_COMMITTER_${name}`, value],
  ]);
  return {
    ...Object.fromEntries([...kept, ...author]),
    PATH: pathFor(python, env),
    HOME: home,
    ...(hostPlatform === "win32" ? { USERPROFILE: home, APPDATA: home, LOCALAPPDATA: home } : {}),
    ...(userBase === null ? {} : { PYTHONUSERBASE: userBase }),
    METAGPT_PROJECT_ROOT: root,
    METAGPT_REPORTER_URL: `http://127.0.0.1:${port}/report/${token}`,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    NO_PROXY: "localhost,127.0.0.1",
    PYTHONUNBUFFERED: "1",
    PYTHONDONTWRITEBYTECODE: "1",
    PYTHONIOENCODING: "utf-8",
    PYTHONUTF8: "1",
  };
}

export function bridgeArguments(python: string): readonly [string, ...string[]] {
  return [python, metagptBridge(), "run"];
}

/** The first line that the bridge reads. Names that its MetaGPT does not know are left out there. */
export function bridgeStart(work: MetagptWork, { workspace, team }: MetagptPlaces, recover: boolean): string {
  const options = {
    investment: NO_OWN_LIMIT,
    n_round: work.rounds,
    code_review: work.codeReview,
    run_tests: work.runTests,
    implement: true,
    project_name: work.project,
    inc: work.isIncremental,
    project_path: work.isIncremental ? `${workspace}/${work.project}` : "",
    max_auto_summarize_code: 0,
    ...(recover ? { recover_path: team } : {}),
  };
  return `${JSON.stringify({ idea: work.idea, options })}\n`;
}

/** MetaGPT's own command line, for a version that the bridge does not fit; the bridge only sees to it that it ends with us. */
export function plainArguments(
  python: string,
  work: MetagptWork,
  { workspace, team }: MetagptPlaces,
  recover: boolean,
): readonly [string, ...string[]] {
  const flag = (name: string, isOn: boolean) => (isOn ? `--${name}` : `--no-${name}`);
  const place = work.isIncremental ? ["--inc", "--project-path", `${workspace}/${work.project}`] : [];
  return [
    ...([python, metagptBridge(), "plain"] as const),
    ...["--investment", String(NO_OWN_LIMIT), "--n-round", String(work.rounds), "--project-name", work.project],
    ...[flag("code-review", work.codeReview), flag("run-tests", work.runTests), ...place],
    ...(recover ? ["--recover-path", team] : []),
    ...["--", work.idea],
  ];
}
