"""The rules: pure functions over documents, balances, settings and a moment. They await nothing and store nothing."""
