"""`anechoic` and `python -m anechoic`: the command line."""

import sys
from collections.abc import Sequence

from .loading import load, put_first


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line with our own packages first on the path; return the exit status."""
    put_first()
    # Before anything is loaded that takes time: an interruption may come then as well.
    load("properties.running.process_lifetime").INTERRUPTION.catch()
    return int(load("properties.cli.main").main(arguments))


if __name__ == "__main__":
    sys.exit(main())
