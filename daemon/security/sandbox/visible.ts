/**
 * What a command may see of the machine beside its copy: the system, and the tools in the home folder. Everything is
 * named here; what is not named is not there, so a key that nobody thought of is not seen either.
 */
import { basename, dirname, isAbsolute, join } from "node:path";
import { realPath, stat } from "../../host/files.ts";
import { isWithin } from "../paths/path-names.ts";

/** Read-only as they are; where the system has a link (`/bin` → `usr/bin`), so has the sandbox. */
export const SYSTEM_FOLDERS = words(
  "/usr /bin /sbin /lib /lib32 /lib64 /libx32 /opt /nix/store /gnu/store /home/linuxbrew/.linuxbrew /run/current-system",
);

/** No passwords, no keys of services: only what programs need to know names, libraries and the clock. Copied once. */
export const ETC_COPIED = words(
  "passwd group nsswitch.conf hosts host.conf protocols services localtime timezone locale.conf locale.alias os-release",
  "debian_version lsb-release redhat-release alpine-release ld.so.cache ld.so.conf ld.so.conf.d ld-musl-x86_64.path",
  "ssl/openssl.cnf ca-certificates.conf mime.types magic terminfo fonts bash.bashrc java-8-openjdk java-11-openjdk",
  "java-17-openjdk java-21-openjdk java-25-openjdk maven python3 python3.11 python3.12 python3.13 perl nix/nix.conf",
).map((name) => `/etc/${name}`);

/** Certificates and the choice between programs: larger, so not copied. */
export const ETC_SHOWN = words(
  "ssl/certs pki/tls/certs pki/ca-trust/extracted crypto-policies alternatives static",
).map((name) => `/etc/${name}`);

/** Below the home folder. Of folders that hold keys too (.cargo, .m2, .gradle) only the parts without. */
const HOME_TOOLS = words(
  ".nvm .volta .fnm .nodenv .asdf .pyenv .rbenv .rvm .jenv .goenv .rustup .deno/bin .bun/bin .ghcup .dotnet .juliaup",
  ".cargo/bin .cargo/registry .cargo/git .cargo/env go/bin go/pkg .sdkman/candidates .gem/ruby .nuget/packages",
  ".m2/repository .m2/wrapper .gradle/wrapper .gradle/caches .npm-global/bin .npm-global/lib .npm-packages/bin",
  ".npm-packages/lib .local/bin .local/lib .local/share/fnm .local/share/mise .local/share/pnpm .local/share/uv",
  ".local/share/pipx .local/share/virtualenvs .local/share/gem .local/pipx miniconda3 anaconda3 miniforge3 mambaforge",
  ".stack/programs .opam bin",
);

/** Installations that tools keep among their caches, and the variables that move them. */
export const TOOLS_IN_CACHES: readonly (readonly [folder: string, variable: string])[] = [
  [".cache/ms-playwright", "PLAYWRIGHT_BROWSERS_PATH"],
  [".cache/Cypress", "CYPRESS_CACHE_FOLDER"],
  [".cache/puppeteer", "PUPPETEER_CACHE_DIR"],
  [".cache/node/corepack", "COREPACK_HOME"],
  [".cache/pypoetry/virtualenvs", "POETRY_VIRTUALENVS_PATH"],
];

/** Variables that name a folder of tools. */
const TOOL_VARIABLES = words(
  "NVM_DIR NVM_BIN VOLTA_HOME FNM_DIR PYENV_ROOT RBENV_ROOT RUSTUP_HOME GOROOT JAVA_HOME JDK_HOME MAVEN_HOME M2_HOME",
  "GRADLE_HOME ANDROID_HOME DOTNET_ROOT VIRTUAL_ENV CONDA_PREFIX PNPM_HOME BUN_INSTALL GEM_HOME",
);

/** Below the home folder: never seen, even where something around them is. */
const KEYS = words(
  ".ssh .gnupg .aws .azure .kube .docker .config/gcloud .config/gh .config/glab-cli .config/hub .config/op .config/git",
  ".netrc .npmrc .pypirc .git-credentials .gitconfig .pgpass .my.cnf .vault-token .terraform.d .cargo/credentials",
  ".cargo/credentials.toml .m2/settings.xml .m2/settings-security.xml .gradle/gradle.properties .gem/credentials",
  ".password-store .local/share/keyrings .mozilla .config/google-chrome .config/chromium .config/BraveSoftware",
  ".config/microsoft-edge .thunderbird .bash_history .zsh_history .python_history .node_repl_history .psql_history",
  ".config/Code .vscode-server .config/Cursor .nexus .claude .codex .gemini",
);

export function keysOf(home: string): string[] {
  return KEYS.map((name) => join(home, name));
}

/**
 * Absolute folders of tools that are there, real and as named. A folder of PATH brings the installation around it along
 * (`X/bin` with `X/lib`, `node_modules/.bin`), but never a home folder or what lies right in it.
 */
export async function toolFolders(env: Readonly<Record<string, string>>, home: string): Promise<string[]> {
  const path = (env["PATH"] ?? "").split(":").filter((folder) => isAbsolute(folder));
  const around = await Promise.all(path.map((folder) => installation(folder, home)));
  const named = TOOL_VARIABLES.flatMap((name) => env[name] ?? []).filter((folder) => isTool(folder, home));
  const places = [...HOME_TOOLS.map((name) => join(home, name)), ...named, ...path, ...around.flat()];
  const found = await Promise.all([...new Set(places)].map(namesOf));
  return [...new Set(found.flat())].filter((place) => !isSystem(place) && !isWithin(place, home, "/"));
}

async function installation(folder: string, home: string): Promise<string[]> {
  const parent = dirname(folder);
  if (basename(folder) === ".bin") return basename(parent) === "node_modules" ? [parent] : [];
  if (!/^s?bin$/.test(basename(folder)) || !isTool(parent, home)) return [];
  const hasLibraries = await stat(join(parent, "lib")).catch(() => undefined);
  return hasLibraries?.isDirectory() ? [parent] : [];
}

/** Right in the home folder lie folders that hold more than tools: `.local`, `.cargo`, `.config`. */
function isTool(folder: string, home: string): boolean {
  if (!isAbsolute(folder) || folder === "/" || isWithin(folder, home, "/")) return false;
  return dirname(folder) !== home || HOME_TOOLS.includes(basename(folder));
}

async function namesOf(place: string): Promise<string[]> {
  const real = await realPath(place).catch(() => undefined);
  if (real === undefined) return [];
  return real === place ? [place] : [place, real];
}

function isSystem(place: string): boolean {
  return SYSTEM_FOLDERS.some((folder) => isWithin(folder, place, "/")) || isWithin("/etc", place, "/");
}

function words(...lines: string[]): string[] {
  return lines.flatMap((line) => line.split(" "));
}
