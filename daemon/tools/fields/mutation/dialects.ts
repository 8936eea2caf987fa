/** What the operators of mutation.ts know of each language, by the names of its grammar's nodes. */
import type { Dialect } from "./operators.ts";

const set = (words: string) => new Set(words.split(" "));

const JAVASCRIPT: Dialect = {
  binary: set("binary_expression augmented_assignment_expression update_expression"),
  conditional: set("if_statement while_statement do_statement ternary_expression"),
  negate: (text) => `!(${text})`,
  returnStatement: "return_statement",
  returnDefault: "undefined",
  removable: set("expression_statement"),
  nothing: ";",
  number: set("number"),
  text: set("string"),
  booleans: { true: "false", false: "true" },
  skipped: set(
    "import_statement export_specifier comment throw_statement type_annotation type_alias_declaration interface_declaration type_arguments type_parameters literal_type as_expression jsx_attribute",
  ),
};

const PYTHON: Dialect = {
  binary: set("binary_operator comparison_operator boolean_operator augmented_assignment"),
  conditional: set("if_statement elif_clause while_statement"),
  negate: (text) => `not (${text})`,
  returnStatement: "return_statement",
  returnDefault: "None",
  removable: set("expression_statement"),
  nothing: "pass",
  number: set("integer float"),
  text: set("string"),
  booleans: { True: "False", False: "True" },
  skipped: set(
    "import_statement import_from_statement future_import_statement comment raise_statement type assert_statement",
  ),
};

const GO: Dialect = {
  binary: set("binary_expression assignment_statement inc_statement dec_statement"),
  conditional: set("if_statement"),
  negate: (text) => `!(${text})`,
  returnStatement: "return_statement",
  removable: set("expression_statement"),
  nothing: "",
  number: set("int_literal"),
  text: set("interpreted_string_literal"),
  booleans: { true: "false", false: "true" },
  skipped: set("import_declaration import_spec comment type_declaration field_declaration package_clause"),
};

/** By the language's name in grammars/. */
export const DIALECTS: Readonly<Record<string, Dialect>> = {
  javascript: JAVASCRIPT,
  typescript: JAVASCRIPT,
  tsx: JAVASCRIPT,
  python: PYTHON,
  go: GO,
};
