# correct: a pool polls one listening socket, which does not block in accept() (UNP 16.6)
"""The pool of processes whose listening socket does not block."""

from tests.mutants.order_pool_accept import serve_pool
from tests.mutants.unp import tcp_listen

if __name__ == "__main__":
    serve_pool(tcp_listen())
