"""Where two streams of bytes part: what was due, and what has come."""

EXCERPT = 24
"""Bytes that are kept of both sides where they differ."""


def same_bytes(due: bytearray, data: bytes) -> int:
    """Return how many bytes agree before the first that does not."""
    if due.startswith(data):
        return len(data)
    pairs = enumerate(zip(due, data, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(due), len(data)))
