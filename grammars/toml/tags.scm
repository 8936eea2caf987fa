(table . (_) @name) @definition.table
(table_array_element . (_) @name) @definition.table
(document (pair . (_) @name) @definition.key)
(table (pair . (_) @name) @definition.key)
