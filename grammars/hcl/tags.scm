(body (block (identifier) @name . (block_start) @body) @definition.section)
(body (block (identifier) (string_lit (template_literal) @name) . (block_start) @body) @definition.section)
(block (identifier) @_variable (string_lit (template_literal) @name) . (block_start) @body (#any-of? @_variable "variable" "output")) @definition.variable
(block (identifier) @_module (string_lit (template_literal) @name) . (block_start) @body (#eq? @_module "module")) @definition.module
(block (identifier) @_locals (body (attribute (identifier) @name) @definition.variable) (#eq? @_locals "locals"))
(config_file (body (attribute (identifier) @name) @definition.variable))

(block (identifier) @_module (body (attribute (identifier) @_source (expression (literal_value (string_lit (template_literal) @import.target))))) (#eq? @_module "module") (#eq? @_source "source")) @import
