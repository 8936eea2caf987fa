(rule_set (selectors) @name (block) @body) @definition.selector
(keyframes_statement (keyframes_name) @name) @definition.section
(declaration (property_name) @name (#match? @name "^--")) @definition.variable

(import_statement (string_value) @import.target) @import
(import_statement (call_expression (arguments (string_value) @import.target))) @import
