"""A WSGI application that says hello, for the servers of Python: `waitress-serve hello:app`."""

from collections.abc import Callable, Iterable
from typing import Any


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer any request, and a HEAD without a body."""
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "6")])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [b"hello\n"]
