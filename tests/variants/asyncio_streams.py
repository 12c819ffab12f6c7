# correct: asyncio streams with drain() after each write(), so slow readers are held up (UNP 16.2)
"""An asyncio server."""

from tests.mutants.streams import serve_streams
from tests.mutants.unp import tcp_listen

serve_streams(tcp_listen())
