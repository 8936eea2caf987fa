/** What a child process is told of the user's environment: a list of what is allowed, never of what is not. */
import { hidesSecret } from "./secrets/secrets.ts";

/** Where programs, homes, caches and temporary folders are, the language, and what build tools need to be found. */
const ALLOWED = new Set(
  [
    "PATH HOME USER LOGNAME SHELL LANG LANGUAGE TZ TERM COLORTERM NO_COLOR FORCE_COLOR CI NODE_ENV",
    "TMPDIR TEMP TMP XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME",
    "SYSTEMROOT WINDIR SYSTEMDRIVE COMSPEC PATHEXT OS USERPROFILE USERNAME USERDOMAIN HOMEDRIVE HOMEPATH APPDATA",
    "LOCALAPPDATA PROGRAMDATA ALLUSERSPROFILE PUBLIC PROGRAMFILES PROGRAMFILES(X86) PROGRAMW6432 COMMONPROGRAMFILES",
    "COMMONPROGRAMFILES(X86) NUMBER_OF_PROCESSORS PROCESSOR_ARCHITECTURE",
    "JAVA_HOME JDK_HOME MAVEN_HOME M2_HOME GRADLE_HOME GRADLE_USER_HOME ANDROID_HOME DOTNET_ROOT",
    "GOPATH GOROOT GOCACHE GOMODCACHE CARGO_HOME CARGO_TARGET_DIR RUSTUP_HOME RUSTUP_TOOLCHAIN",
    "VIRTUAL_ENV CONDA_PREFIX PYENV_ROOT RBENV_ROOT GEM_HOME NVM_DIR NVM_BIN VOLTA_HOME FNM_DIR PNPM_HOME BUN_INSTALL",
    "SSL_CERT_FILE SSL_CERT_DIR HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY",
  ].flatMap((line) => line.split(" ")),
);

/** Set in the environment of every command that an agent starts; the command line then asks for no decisions. */
export const AGENT_VARIABLE = "NEXUS_AGENT";

/**
 * The environment of a command: names on the list and LC_*, whatever their case. No keys, nothing that makes a program
 * load code (NODE_OPTIONS, LD_PRELOAD, BASH_ENV, GIT_*), no way to the daemon or to an agent that holds keys
 * (NEXUS_*, SSH_AUTH_SOCK), and no value that itself carries a secret, such as a proxy's password.
 */
export function commandEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const result: Record<string, string> = { [AGENT_VARIABLE]: "1" };
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || hidesSecret(value)) continue;
    const upper = name.toUpperCase();
    if (ALLOWED.has(upper) || upper.startsWith("LC_")) result[name] = value;
  }
  return result;
}
