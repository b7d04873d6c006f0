"""`python -m tradecore`."""

import sys

from tradecore.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
