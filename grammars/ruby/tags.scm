(module name: (constant) @name body: (_)? @body) @definition.module
(module name: (scope_resolution name: (constant) @name) body: (_)? @body) @definition.module
(class name: (constant) @name body: (_)? @body) @definition.class
(class name: (scope_resolution name: (constant) @name) body: (_)? @body) @definition.class
(method name: (_) @name body: (_)? @body) @definition.function
(singleton_method name: (_) @name body: (_)? @body) @definition.method
(assignment left: (constant) @name) @definition.constant
(alias name: (_) @name) @definition.method
(call method: (identifier) @_attribute arguments: (argument_list (simple_symbol) @name) (#any-of? @_attribute "attr_reader" "attr_accessor" "attr_writer")) @definition.property
