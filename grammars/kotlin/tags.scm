(class_declaration "class" name: (identifier) @name [(class_body) (enum_class_body)]? @body) @definition.class
(class_declaration "interface" name: (identifier) @name (class_body)? @body) @definition.interface
(class_declaration name: (identifier) @name (enum_class_body) @body) @definition.enum
(object_declaration name: (identifier) @name (class_body)? @body) @definition.class
(companion_object name: (identifier) @name (class_body)? @body) @definition.class
(enum_entry . (identifier) @name) @definition.constant
(function_declaration name: (identifier) @name (function_body)? @body) @definition.function
(secondary_constructor "constructor" @name (block)? @body) @definition.constructor
(class_body (property_declaration (variable_declaration (identifier) @name)) @definition.property)
(source_file (property_declaration (variable_declaration (identifier) @name)) @definition.variable)
(source_file (property_declaration "val" (variable_declaration (identifier) @name)) @definition.constant)
(class_parameter ["val" "var"] (identifier) @name) @definition.property
(type_alias type: (identifier) @name) @definition.type

(import (qualified_identifier) @import.target) @import
(import (qualified_identifier (identifier) @import.name .))
