# correct: a Python selectors loop that reads no more from a client than it can echo (UNP 16.2)
"""One thread, non-blocking sockets, and a bounded buffer for each client."""

from tests.mutants.loop import serve_loop
from tests.mutants.unp import tcp_listen

serve_loop(tcp_listen())
