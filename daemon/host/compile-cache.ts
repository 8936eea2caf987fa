/** Keeps what V8 makes of the bundle, so that the next start need not compile it again (a third of the daemon's start). */
import module from "node:module";
import { dirname, join } from "node:path";

/**
 * Called before the rest is loaded. The cache lies beside the bundle, as safe as the code itself (never in a temporary
 * folder, where others could plant theirs); where that cannot be written there is none. Source files have none either.
 */
export function keepCompiledCode(main: string): void {
  if (main.endsWith(".js")) module.enableCompileCache?.(join(dirname(main), "..", ".compile-cache"));
}

/** Writes the cache now, because a daemon's own end may be far away or sudden. */
export function flushCompiledCode(): void {
  module.flushCompileCache?.();
}
