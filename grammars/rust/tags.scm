(struct_item name: (type_identifier) @name body: (_)? @body) @definition.struct
(union_item name: (type_identifier) @name body: (_)? @body) @definition.struct
(enum_item name: (type_identifier) @name body: (_)? @body) @definition.enum
(enum_variant name: (identifier) @name) @definition.constant
(trait_item name: (type_identifier) @name body: (_)? @body) @definition.trait
(impl_item type: (type_identifier) @owner) @owned
(impl_item type: (generic_type type: (type_identifier) @owner)) @owned
(impl_item type: (scoped_type_identifier name: (type_identifier) @owner)) @owned
(impl_item type: (reference_type type: (type_identifier) @owner)) @owned
(function_item name: (identifier) @name body: (_)? @body) @definition.function
(function_signature_item name: (identifier) @name) @definition.function
(field_declaration name: (field_identifier) @name) @definition.property
(type_item name: (type_identifier) @name) @definition.type
(associated_type name: (type_identifier) @name) @definition.type
(const_item name: (identifier) @name) @definition.constant
(static_item name: (identifier) @name) @definition.variable
(mod_item name: (identifier) @name body: (_)? @body) @definition.module
(macro_definition name: (identifier) @name) @definition.macro

(use_declaration argument: [(identifier) (scoped_identifier)] @import.target) @import
(use_declaration argument: (scoped_use_list path: (_) @import.target)) @import
(use_declaration argument: (use_wildcard (_) @import.target)) @import
(use_declaration argument: (use_as_clause path: (_) @import.target)) @import
(use_declaration argument: (scoped_identifier name: (identifier) @import.name))
(use_list (identifier) @import.name)
(use_list (scoped_identifier name: (identifier) @import.name))
(use_list (use_as_clause path: (identifier) @import.name))
(extern_crate_declaration name: (identifier) @import.target) @import
