(class_definition name: (identifier) @name body: (_) @body) @definition.class
(function_definition name: (identifier) @name body: (_) @body) @definition.function
(module (expression_statement (assignment left: (identifier) @name) @definition.variable))
(class_definition body: (block (expression_statement (assignment left: (identifier) @name) @definition.variable)))
(type_alias_statement left: (type (identifier) @name)) @definition.type

(import_statement name: (dotted_name) @import.target) @import
(import_statement name: (aliased_import name: (dotted_name) @import.target)) @import
(import_from_statement module_name: (_) @import.target) @import
(import_from_statement name: (dotted_name) @import.name)
(import_from_statement name: (aliased_import name: (dotted_name) @import.name))
