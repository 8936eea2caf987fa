/**
 * Classes of files that need more care than others. Judged on names alone, so that they hold for files that do not
 * exist yet, and without regard to case, because some disks have none. The lists follow published attacks on agents.
 */

/** Programs run or obey these: editor settings, hooks, CI, agents' rules, shell start files, package registries. */
const PROTECTED_FOLDERS = [
  ".vscode .idea .devcontainer .zed .fleet .vs .nova",
  ".cursor .claude .gemini .codex .windsurf .aider .continue .clinerules .cline .roo .kilocode .nexus .agents .opencode",
  ".kiro .junie .trae .augment .amazonq .qwen .factory .goose",
  ".husky .githooks .git-hooks .circleci .buildkite .woodpecker .semaphore .teamcity .forgejo/workflows .gitea/workflows",
  ".github/workflows .github/actions .github/hooks .github/instructions .github/prompts .github/agents",
  ".ssh .gnupg .aws .azure .kube .config .cargo .bundle .direnv .mise .yarn/plugins .yarn/releases",
].flatMap((line) => line.split(" "));

/** A folder `.config` is a home's own, unless the project keeps its sources in it. */
const NOT_AT_DEPTH = new Set([".config"]);

const PROTECTED_FILES = new Set(
  [
    ".mcp.json .envrc .npmrc .pnpmfile.cjs .pnpmfile.mjs .pypirc pip.conf pip.ini .condarc .gemrc nuget.config bunfig.toml",
    ".netrc _netrc .gitconfig .gitmodules .hgrc .nexusignore .cursorignore .cursorindexingignore .geminiignore .aiderignore",
    ".claudeignore .codeiumignore .aiexclude .tool-versions .mise.toml mise.toml .mise.local.toml .asdfrc .bazelrc",
    "agents.md agent.md agents.override.md claude.md claude.local.md gemini.md qwen.md .cursorrules .windsurfrules",
    ".clinerules .roorules .goosehints .rules .aider.conf.yml .aider.conf.yaml",
    ".bashrc .bash_profile .bash_login .bash_logout .bash_aliases .profile .zshrc .zshenv .zprofile .zlogin .zlogout",
    ".kshrc .cshrc .tcshrc .login .logout .inputrc .xprofile .xinitrc .xsession .curlrc .wgetrc .tmux.conf .screenrc",
    "profile.ps1 microsoft.powershell_profile.ps1 .rprofile .irbrc .pryrc .pythonrc.py sitecustomize.py usercustomize.py",
    ".vimrc .gvimrc .exrc .nvimrc .nvim.lua .dir-locals.el .emacs .gdbinit .lldbinit .psqlrc .sqliterc .mongorc.js",
    ".gitlab-ci.yml .gitlab-ci.yaml .travis.yml azure-pipelines.yml azure-pipelines.yaml bitbucket-pipelines.yml",
    "jenkinsfile .drone.yml .cirrus.yml .woodpecker.yml appveyor.yml .appveyor.yml buildspec.yml cloudbuild.yaml",
    ".pre-commit-config.yaml .pre-commit-config.yml .pre-commit-hooks.yaml .huskyrc .huskyrc.json .huskyrc.js",
    "lefthook.yml lefthook.yaml lefthook.toml lefthook.json .lefthook.yml .lefthook.yaml .lefthook.toml .lefthook.json",
    "lefthook-local.yml lefthook-local.yaml .lefthook-local.yml .overcommit.yml .simple-git-hooks.json .simple-git-hooks.js",
  ].flatMap((line) => line.split(" ")),
);

const PROTECTED_NAMES = [
  /\.code-workspace$/,
  /^\.yarnrc(\.|$)/,
  /^copilot-instructions\.md$/,
  /\.(instructions|prompt|chatmode)\.md$/,
  /^\.?lint-?staged(rc)?(\.|$)/,
  /\.pth$/,
];

const SECRET_FOLDERS = [".ssh", ".gnupg", ".aws", ".azure", ".kube", ".config/gcloud", ".git"];

const SECRET_FILES = new Set(
  ".npmrc .pypirc .netrc _netrc .git-credentials .htpasswd .vault-token .pgpass .my.cnf .envrc".split(" "),
);

const SECRET_NAMES = [
  /^\.env(\.|$)(?!(.*\.)?(example|sample|template|dist|defaults?)$)/,
  /\.(pem|key|p12|pfx|jks|keystore|kdbx|ppk|tfstate)$/,
  /^id_[^.]+$/,
  /^(credentials|service-account.*)\.json$/,
];

/** Git's own files, in the workspace or in any repository below it. */
export function isGitPath(path: string): boolean {
  return partsOf(path).some((part) => part === ".git" || /^git~\d/.test(part));
}

/** What a person should look at before it is made or changed. */
export function isProtectedPath(path: string): boolean {
  const parts = partsOf(path);
  const name = parts.at(-1) ?? "";
  if (PROTECTED_FILES.has(name) || PROTECTED_NAMES.some((pattern) => pattern.test(name))) return true;
  if (parts.some(isShortProtectedName)) return true;
  const whole = `/${parts.join("/")}/`;
  const inFolder = PROTECTED_FOLDERS.some((folder) =>
    NOT_AT_DEPTH.has(folder) ? whole.startsWith(`/${folder}/`) : holds(whole, folder),
  );
  return inFolder || isSecretPath(path);
}

/** What may hold keys or passwords, and therefore should not reach a model unasked. */
export function isSecretPath(path: string): boolean {
  const parts = partsOf(path);
  const name = parts.at(-1) ?? "";
  if (SECRET_FILES.has(name) || SECRET_NAMES.some((pattern) => pattern.test(name))) return true;
  const whole = `/${parts.join("/")}/`;
  return SECRET_FOLDERS.some((folder) => holds(whole, folder)) || holds(whole, ".docker/config.json");
}

/** Windows' name of eight letters for a long one, such as `VSCODE~1` for `.vscode`: its first six letters tell. */
function isShortProtectedName(part: string): boolean {
  const short = /^([^~]{1,6})~\d/.exec(part)?.[1];
  return short !== undefined && SHORT_BEGINNINGS.has(short);
}

const SHORT_BEGINNINGS = new Set(
  [...PROTECTED_FOLDERS.map((folder) => folder.split("/")[0] ?? ""), ...PROTECTED_FILES].map((name) =>
    name.replace(/^\.+/, "").replaceAll(".", "").slice(0, 6),
  ),
);

/**
 * One form for all spellings that some disk takes for the same file: no case, Unicode's compatible forms as one, without
 * what cannot be seen, and without what Windows ignores (dots and spaces at the end, the name of a stream).
 */
function partsOf(path: string): string[] {
  return oneForm(path)
    .split(/[\\/]+/)
    .map((part) => part.replace(/:.*$/, "").replace(/[. ]+$/, ""))
    .filter((part) => part !== "");
}

const IGNORED = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu;

function oneForm(path: string): string {
  // Upper case first: it makes “ss” of “ß” and an i of one without a dot.
  return isPlain(path) ? path.toLowerCase() : path.normalize("NFKC").replace(IGNORED, "").toUpperCase().toLowerCase();
}

function isPlain(path: string): boolean {
  return /^[\x20-\x7e]*$/.test(path);
}

/** The path in that one form, with forward slashes. */
export function normalPath(path: string): string {
  return partsOf(path).join("/");
}

/** True when the folder's parts stand in a row somewhere in the path, whose parts have a slash on both sides. */
function holds(whole: string, folder: string): boolean {
  return whole.includes(`/${folder}/`);
}
