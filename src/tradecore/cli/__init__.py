"""The command line: `python -m tradecore demo | init | relay | check`."""
