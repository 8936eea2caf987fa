/** Work that must not take itself for a part of the graph that it is called from. */
import { AsyncLocalStorage } from "node:async_hooks";

/**
 * LangGraph hands its context on through AsyncLocalStorage; what runs in here has none of it. The context is that of the
 * moment when this file is loaded, so it must be loaded before a graph runs: with engine.ts, never from inside a node.
 */
export const outsideGraphs = AsyncLocalStorage.snapshot();
