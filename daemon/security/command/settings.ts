/** Environment variables that a line may set for one command without changing what that command runs. */

const HARMLESS = new Set(
  [
    "CI NO_COLOR FORCE_COLOR CLICOLOR COLUMNS LINES LANG LC_ALL NODE_ENV RUST_BACKTRACE RUST_LOG LOG_LEVEL DEBUG VERBOSE",
    "PORT PYTHONDONTWRITEBYTECODE PYTHONUNBUFFERED GOOS GOARCH CGO_ENABLED APP_ENV RAILS_ENV RACK_ENV",
  ].flatMap((line) => line.split(" ")),
);

/** Only words, numbers and the like: no path, no command. */
export function harmlessSetting(name: string, value: string | null): boolean {
  return HARMLESS.has(name) && value !== null && /^[\w.,:*=+-]*$/.test(value);
}

/** True for the name of a variable that may hold a key or a password. */
export function maySecretBe(name: string): boolean {
  return /key|token|secret|passw|passphrase|credential|cookie|auth|_pat$|_url$|_dsn$/i.test(name);
}

/** A shell variable that no program and no shell obeys. */
export function isPlainName(name: string): boolean {
  return /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/.test(name) && !/_proxy$|^path$/.test(name);
}
