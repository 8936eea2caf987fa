/**
 * Classes of files that need more care than others. Judged on names alone, so that they hold for files that do not
 * exist yet, and without regard to case, because some disks have none. The lists follow published attacks on agents.
 */

/** Programs run or obey these: editor settings, hooks, CI, agents' rules, shell start files, package registries. */
const PROTECTED_FOLDERS = [
  ".vscode .idea .devcontainer .zed .fleet .vs",
  ".cursor .claude .gemini .codex .windsurf .aider .continue .clinerules .roo .nexus",
  ".husky .githooks .circleci .buildkite .github/workflows .github/actions .github/hooks",
  ".ssh .gnupg .aws .azure .kube .config/fish .config/git .config/gcloud .yarn/plugins .yarn/releases",
].flatMap((line) => line.split(" "));

const PROTECTED_FILES = new Set(
  [
    ".mcp.json .envrc .npmrc .pnpmfile.cjs .pypirc .netrc _netrc .gitconfig .gitmodules .nexusignore .tool-versions",
    "agents.md agents.override.md claude.md claude.local.md gemini.md .cursorrules .windsurfrules .clinerules .roorules",
    ".bashrc .bash_profile .bash_login .bash_logout .profile .zshrc .zshenv .zprofile .zlogin .kshrc .inputrc",
    ".vimrc .exrc .nvimrc .nvim.lua .dir-locals.el .emacs .gdbinit .lldbinit",
    ".gitlab-ci.yml .travis.yml azure-pipelines.yml jenkinsfile .pre-commit-config.yaml lefthook.yml .lefthook.yml",
  ].flatMap((line) => line.split(" ")),
);

const PROTECTED_NAMES = [/\.code-workspace$/, /^\.yarnrc(\.|$)/, /^copilot-instructions\.md$/, /\.instructions\.md$/];

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
  const whole = `/${parts.join("/")}/`;
  return PROTECTED_FOLDERS.some((folder) => holds(whole, folder)) || isSecretPath(path);
}

/** What may hold keys or passwords, and therefore should not reach a model unasked. */
export function isSecretPath(path: string): boolean {
  const parts = partsOf(path);
  const name = parts.at(-1) ?? "";
  if (SECRET_FILES.has(name) || SECRET_NAMES.some((pattern) => pattern.test(name))) return true;
  const whole = `/${parts.join("/")}/`;
  return SECRET_FOLDERS.some((folder) => holds(whole, folder)) || holds(whole, ".docker/config.json");
}

/** Lower case, and without what a disk ignores in a name: zero-width characters, trailing dots and spaces. */
function partsOf(path: string): string[] {
  return path
    .replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g, "")
    .toLowerCase()
    .split(/[\\/]+/)
    .map((part) => part.replace(/[. ]+$/, ""))
    .filter((part) => part !== "");
}

/** True when the folder's parts stand in a row somewhere in the path, whose parts have a slash on both sides. */
function holds(whole: string, folder: string): boolean {
  return whole.includes(`/${folder}/`);
}
