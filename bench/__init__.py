"""Benchmarks: one order's life by hand and through tradecore, side by side. Run `python -m bench --help`."""
