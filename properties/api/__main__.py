"""`anechoic` and `python -m anechoic`: the command line."""

import sys
import traceback
from collections.abc import Sequence

from .loading import load, put_first

INTERRUPTED, INTERNAL_ERROR = 130, 70
"""As in `properties.running.exit_status`, which may not be loaded yet."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line with our own packages first on the path; return the exit status."""
    try:
        put_first()
        # Before anything is loaded that takes time: an interruption may come then as well.
        load("properties.running.process_lifetime").INTERRUPTION.catch()
        command_line = load("properties.cli.main")
    except KeyboardInterrupt:
        print("anechoic: interrupted", file=sys.stderr)
        return INTERRUPTED
    except Exception:
        traceback.print_exc()
        print("anechoic: the installation is at fault: install it anew", file=sys.stderr)
        return INTERNAL_ERROR
    return int(command_line.main(arguments))


if __name__ == "__main__":
    sys.exit(main())
