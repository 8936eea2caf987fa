/**
 * The environment of a command behind the wall. HOME keeps its name, so that tools find their installations, which stand
 * there read-only; everything else below it is a private folder, so that caches can be written and no later program of the
 * user's trusts what a command left in them.
 */
import { join } from "node:path";

/** Would point a tool at a folder that cannot be written or is not there. */
const DROPPED = new Set(
  [
    "XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME XDG_RUNTIME_DIR GOCACHE GOMODCACHE CARGO_TARGET_DIR",
    "GRADLE_USER_HOME HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY TMPDIR TEMP TMP",
  ].flatMap((line) => line.split(" ")),
);

export function sandboxEnvironment(env: Readonly<Record<string, string>>, home: string): Record<string, string> {
  const kept = Object.entries(env).filter(([name]) => !DROPPED.has(name.toUpperCase()));
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    TMPDIR: "/tmp",
    // A refresh of git's index would need a lock in the user's repository, which cannot be written.
    GIT_OPTIONAL_LOCKS: "0",
    GIT_TERMINAL_PROMPT: "0",
    // Reads what the user's own builds have fetched, and writes elsewhere.
    GRADLE_RO_DEP_CACHE: join(home, ".gradle", "caches"),
    GRADLE_USER_HOME: join(home, ".cache", "gradle"),
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
    npm_config_update_notifier: "false",
  };
}
