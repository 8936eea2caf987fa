/** How V8 compiles WebAssembly in this process. */
import { setFlagsFromString } from "node:v8";

/**
 * Only the quick compiler. The optimising one takes half a gigabyte for some seconds to improve a shell grammar's big
 * tables, and lines are read no faster for it. For programs that only read lines, before the first grammar is loaded.
 */
export function compileWasmQuickly(): void {
  setFlagsFromString("--no-wasm-tier-up");
  setFlagsFromString("--no-wasm-dynamic-tiering");
}
