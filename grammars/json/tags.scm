(pair key: (_) @name) @definition.key
