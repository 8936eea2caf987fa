; Functions and classes
(function_declaration name: (identifier) @name body: (_)? @body) @definition.function
(generator_function_declaration name: (identifier) @name body: (_)? @body) @definition.function
(class_declaration name: (identifier) @name body: (_) @body) @definition.class
(method_definition name: (_) @name body: (_) @body) @definition.method

(field_definition property: (_) @name) @definition.property
(field_definition property: (_) @name value: [(arrow_function body: (_) @body) (function_expression body: (_) @body)]) @definition.method

; What variables hold
(variable_declarator name: (identifier) @name value: [(arrow_function body: (_) @body) (function_expression body: (_) @body)]) @definition.function
(program (lexical_declaration "const" (variable_declarator name: (identifier) @name) @definition.constant))
(program (lexical_declaration "let" (variable_declarator name: (identifier) @name) @definition.variable))
(program (variable_declaration (variable_declarator name: (identifier) @name) @definition.variable))
(export_statement (lexical_declaration "const" (variable_declarator name: (identifier) @name) @definition.constant))
(export_statement (lexical_declaration "let" (variable_declarator name: (identifier) @name) @definition.variable))
(assignment_expression left: (member_expression property: (property_identifier) @name) right: [(arrow_function body: (_) @body) (function_expression body: (_) @body)]) @definition.function
(assignment_expression left: (member_expression property: (property_identifier) @name) right: (class body: (_) @body)) @definition.class
(variable_declarator name: (identifier) @name value: (class body: (_) @body)) @definition.class
(pair key: (property_identifier) @name value: [(arrow_function body: (_) @body) (function_expression body: (_) @body)]) @definition.method

; Imports
(import_statement source: (string) @import.target) @import
(import_specifier name: (_) @import.name)
(import_clause (identifier) @import.name)
(namespace_import (identifier) @import.name)
(export_statement source: (string) @import.target) @import
(export_specifier name: (_) @import.name)
