/** What a design panel asks of its host (the extension), checked without schemas as in `protocol/panel.ts`. */
import type { ErrorAction } from "../errors.ts";
import { type Check, fits, isName, isOneOf } from "../page-checks.ts";
import { isErrorAction } from "../panel.ts";

/** A diagram as the page drew it: `key` is the document's key it stands under, `svg` holds no script. */
export interface Drawing {
  readonly path: string;
  readonly key: string;
  readonly svg: string;
}

export type DesignPanelRequest =
  /** The page is drawn and wants its view. */
  | { readonly type: "ready" }
  | { readonly type: "refresh" }
  /** A person's own text of a document, made from the one with that hash. */
  | { readonly type: "save"; readonly path: string; readonly hash: string; readonly text: string }
  | {
      readonly type: "decide";
      readonly path: string;
      readonly questionId: string;
      readonly decision: "approve" | "send_back";
      /** What is to be different; empty with an approval. */
      readonly remarks: string;
    }
  /** A diagram that cannot be drawn: `problem` says where and why, in words. */
  | { readonly type: "repair"; readonly path: string; readonly key: string; readonly problem: string }
  /** A file of the project, in an editor. */
  | { readonly type: "open"; readonly path: string }
  /** A screenshot, by one of the two. */
  | { readonly type: "picture"; readonly artifact: string | null; readonly path: string | null }
  | { readonly type: "export"; readonly format: "markdown" | "html"; readonly drawings: readonly Drawing[] }
  | { readonly type: "openRun" }
  | { readonly type: "design" }
  | { readonly type: "action"; readonly action: ErrorAction };

export type DesignPanelRequestType = DesignPanelRequest["type"];

type Fields<Type extends DesignPanelRequestType> = Record<
  Exclude<keyof Extract<DesignPanelRequest, { type: Type }>, "type">,
  Check
>;

export const MOST_REMARKS = 10_000;
/** Of a document that is saved. */
export const MOST_TEXT = 1024 * 1024;
const MOST_DRAWINGS = 60;
const MOST_SVG = 500_000;

const textUpTo =
  (length: number): Check =>
  (value) =>
    typeof value === "string" && value.length <= length;
const isNameOrNull: Check = (value) => value === null || isName(value);
const isDrawing: Check = (value) =>
  fits({ type: "drawing", ...(typeof value === "object" ? value : {}) }, DRAWING_FIELDS);
const DRAWING_FIELDS = { drawing: { path: isName, key: isName, svg: textUpTo(MOST_SVG) } };

const FIELDS: { readonly [Type in DesignPanelRequestType]: Fields<Type> } = {
  ready: {},
  refresh: {},
  save: { path: isName, hash: isName, text: textUpTo(MOST_TEXT) },
  decide: {
    path: isName,
    questionId: isName,
    decision: isOneOf("approve", "send_back"),
    remarks: textUpTo(MOST_REMARKS),
  },
  repair: { path: isName, key: isName, problem: textUpTo(MOST_REMARKS) },
  open: { path: isName },
  picture: { artifact: isNameOrNull, path: isNameOrNull },
  export: {
    format: isOneOf("markdown", "html"),
    drawings: (value) => Array.isArray(value) && value.length <= MOST_DRAWINGS && value.every(isDrawing),
  },
  openRun: {},
  design: {},
  action: { action: isErrorAction },
};

export function isDesignPanelRequest(value: unknown): value is DesignPanelRequest {
  return fits(value, FIELDS);
}
