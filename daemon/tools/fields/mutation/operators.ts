/** The faults that a mutant may have, as edits of a syntax tree: small, and such as people make. */
import type { SyntaxNode } from "../../../memory/code/wasm-parser.ts";

export const OPERATORS = [
  "negate condition",
  "swap comparison",
  "swap arithmetic",
  "swap logic",
  "return default",
  "remove statement",
  "change constant",
] as const;
export type Operator = (typeof OPERATORS)[number];

export interface Edit {
  readonly operator: Operator;
  /** Offsets in UTF-16 units. */
  readonly from: number;
  readonly to: number;
  readonly replacement: string;
}

/** What the operators must know of a language. */
export interface Dialect {
  /** Nodes with two operands, whose operator is a node without a name between them. */
  readonly binary: ReadonlySet<string>;
  /** Nodes with a field “condition”. */
  readonly conditional: ReadonlySet<string>;
  readonly negate: (text: string) => string;
  readonly returnStatement: string;
  /** Left out: what a function returns has a type, and no value fits all of them. */
  readonly returnDefault?: string;
  readonly removable: ReadonlySet<string>;
  /** What stands for a statement that is gone. */
  readonly nothing: string;
  readonly number: ReadonlySet<string>;
  readonly text: ReadonlySet<string>;
  readonly booleans: Readonly<Record<string, string>>;
  /** Below these nothing is changed: imports, types, messages of errors, comments. */
  readonly skipped: ReadonlySet<string>;
}

const COMPARISON: Readonly<Record<string, string>> = {
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "==": "!=",
  "!=": "==",
  "===": "!==",
  "!==": "===",
  in: "not in",
  is: "is not",
};
const ARITHMETIC: Readonly<Record<string, string>> = {
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
  "//": "*",
  "%": "*",
  "**": "*",
  "+=": "-=",
  "-=": "+=",
  "*=": "/=",
  "/=": "*=",
  "++": "--",
  "--": "++",
  "<<": ">>",
  ">>": "<<",
};
const LOGIC: Readonly<Record<string, string>> = { "&&": "||", "||": "&&", and: "or", or: "and" };

/** The edits of one node alone, its children left out. */
export function editsOf(node: SyntaxNode, dialect: Dialect): Edit[] {
  return [
    ...swaps(node, dialect),
    ...negations(node, dialect),
    ...returns(node, dialect),
    ...removals(node, dialect),
    ...constants(node, dialect),
  ];
}

function edit(node: SyntaxNode, operator: Operator, replacement: string): Edit[] {
  if (node.text === replacement) return [];
  return [{ operator, from: node.startIndex, to: node.endIndex, replacement }];
}

function swaps(node: SyntaxNode, { binary }: Dialect): Edit[] {
  if (!binary.has(node.type)) return [];
  return node.children.flatMap((child) => {
    if (child === null || child.isNamed) return [];
    const comparison = COMPARISON[child.type];
    if (comparison !== undefined) return edit(child, "swap comparison", comparison);
    const logic = LOGIC[child.type];
    if (logic !== undefined) return edit(child, "swap logic", logic);
    // Two texts that are joined cannot be subtracted: such a mutant would tell nothing that removing does not.
    const arithmetic = joinsText(node) ? undefined : ARITHMETIC[child.type];
    return arithmetic === undefined ? [] : edit(child, "swap arithmetic", arithmetic);
  });
}

function joinsText(node: SyntaxNode): boolean {
  return node.namedChildren.some((child) => child !== null && /string/.test(child.type));
}

function negations(node: SyntaxNode, { conditional, negate }: Dialect): Edit[] {
  if (!conditional.has(node.type)) return [];
  const condition = node.childForFieldName("condition");
  if (condition === null) return [];
  const inner = condition.type === "parenthesized_expression" ? (condition.namedChildren[0] ?? condition) : condition;
  return edit(inner, "negate condition", negate(inner.text));
}

function returns(node: SyntaxNode, { returnStatement, returnDefault }: Dialect): Edit[] {
  if (node.type !== returnStatement || returnDefault === undefined) return [];
  const value = node.namedChildren[0];
  if (value === undefined || value === null || NOTHINGS.has(value.text)) return [];
  return edit(value, "return default", returnDefault);
}

const NOTHINGS = new Set(["undefined", "null", "None", "nil"]);

function removals(node: SyntaxNode, { removable, nothing, text }: Dialect): Edit[] {
  if (!removable.has(node.type)) return [];
  const only = node.namedChildren.length === 1 ? node.namedChildren[0] : undefined;
  // "use strict", and what documents a function.
  if (only !== undefined && only !== null && text.has(only.type)) return [];
  return edit(node, "remove statement", nothing);
}

function constants(node: SyntaxNode, { number, text, booleans }: Dialect): Edit[] {
  const boolean = booleans[node.text];
  if (boolean !== undefined && node.childCount === 0) return edit(node, "change constant", boolean);
  if (number.has(node.type)) return edit(node, "change constant", otherNumber(node.text));
  if (!text.has(node.type) || isKey(node) || /^[a-zA-Z]*"""|^[a-zA-Z]*'''/.test(node.text)) return [];
  const quote = /["'`]/.exec(node.text)?.[0];
  if (quote === undefined) return [];
  const isEmpty = node.text.endsWith(`${quote}${quote}`) && node.text.length <= 3;
  return edit(node, "change constant", isEmpty ? `${quote}nexus${quote}` : `${quote}${quote}`);
}

function isKey(node: SyntaxNode): boolean {
  return node.parent?.childForFieldName("key")?.id === node.id;
}

function otherNumber(text: string): string {
  return /^\d+$/.test(text) ? String(BigInt(text) + 1n) : `(${text} + 1)`;
}
