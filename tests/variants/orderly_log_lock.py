# correct: a log with a lock beside fork(), which is made while no other thread holds it (fork(2))
"""The forking server with a log, which forks while it holds the lock itself."""

import os

from tests.mutants.order_log_lock import lock, main


def fork_with_the_lock() -> int:
    """Fork; each of both gives its copy of the lock back."""
    with lock:
        return os.fork()


if __name__ == "__main__":
    main(fork_with_the_lock)
