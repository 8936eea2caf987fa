/** What the memory thread and its parse threads say to each other. */
import type { ContentTask } from "./content-reader.ts";
import type { NewBlob } from "./index-rows.ts";
import type { BuiltSegment } from "./segment-builder.ts";

export type ToParser =
  | { readonly type: "work"; readonly tasks: readonly ContentTask[] }
  /** Asks for what was collected, whether it is much or little. */
  | { readonly type: "flush" }
  /** Nobody wants what was collected. */
  | { readonly type: "drop" }
  /** Ends the thread by itself: ended from outside in the middle of native code it would take the process along. */
  | { readonly type: "end" };

export type FromParser =
  | { readonly type: "ready" }
  /** All tasks of one message are collected. `full`: a flush is due. */
  | { readonly type: "done"; readonly files: number; readonly characters: number }
  | { readonly type: "dropped" }
  | {
      readonly type: "batch";
      readonly segment: BuiltSegment | null;
      readonly blobs: readonly NewBlob[];
      readonly changed: readonly string[];
    };
