"""The calls of the engine, as statements: the only place with SQL text."""
