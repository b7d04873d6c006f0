"""Commands and queries: coroutines that load, let a rule decide, and return. Nothing else awaits."""
