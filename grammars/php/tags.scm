(namespace_definition name: (_) @name body: (_)? @body) @definition.module
(class_declaration name: (name) @name body: (_) @body) @definition.class
(interface_declaration name: (name) @name body: (_) @body) @definition.interface
(trait_declaration name: (name) @name body: (_) @body) @definition.trait
(enum_declaration name: (name) @name body: (_) @body) @definition.enum
(enum_case name: (name) @name) @definition.constant
(function_definition name: (name) @name body: (_) @body) @definition.function
(method_declaration name: (name) @name body: (_)? @body) @definition.method
(property_declaration (property_element name: (variable_name (name) @name))) @definition.property
(property_promotion_parameter name: (variable_name (name) @name)) @definition.property
(const_declaration (const_element . (name) @name)) @definition.constant

(namespace_use_declaration (namespace_use_clause [(qualified_name) (name)] @import.target)) @import
(namespace_use_declaration (namespace_name) @import.target body: (namespace_use_group)) @import
(namespace_use_group (namespace_use_clause . (_) @import.name))
(namespace_use_clause (qualified_name (name) @import.name))
