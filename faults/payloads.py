"""What is sent: described, not stored, so that a case with megabytes stays readable.

A payload is a kind, a length and a number that distinguishes the clients' bytes. The same
description always gives the same bytes.
"""

import enum
import random
from collections.abc import Callable
from dataclasses import dataclass

MAXLINE = 4096
"""The buffer of the book's programs (UNP, unp.h): the length around which mistakes are common."""


class Content(enum.Enum):
    """The kinds of bytes, each a common way to be wrong about bytes."""

    LINES = "lines"
    LETTERS = "letters"
    RANDOM = "random"
    ZEROS = "zeros"
    HIGH = "high"
    NEWLINES = "newlines"
    CRLF = "crlf"
    CONTROL = "control"
    DIGITS = "digits"


@dataclass(frozen=True)
class Payload:
    """`length` bytes of a kind of content. `length` may be 0."""

    content: Content
    length: int

    def data(self, client: int) -> bytes:
        """Return the bytes as this client sends them: other clients' differ where they can."""
        return _MAKERS[self.content](client, self.length) if self.length else b""

    def __str__(self) -> str:
        return f"{size(self.length)} of {self.content.value}"


A_LINE = Payload(Content.LINES, 24)
"""What an ordinary client sends."""

HEAVY = 8 << 20
"""Bytes: more than the socket buffers of both sides hold. An echo that is not read blocks."""


def size(count: int) -> str:
    """Format a number of bytes for a report: "1 byte", "4096 bytes", "2 MiB"."""
    if count and count % (1 << 20) == 0:
        return f"{count >> 20} MiB"
    return "1 byte" if count == 1 else f"{count} bytes"


_BLOCK = 65521
"""A prime, so that no buffer of a usual size ends where the pattern does."""


def _letters(client: int, length: int) -> bytes:
    alphabet = b"abcdefghijklmnopqrstuvwxyz"
    # A prime number of letters a round: a buffer that is sent twice, or is cut, does not line up.
    turned = (alphabet[client % 26 :] + alphabet[: client % 26])[:23]
    return (turned * (length // 23 + 1))[:length]


def _lines(client: int, length: int) -> bytes:
    text = bytearray()
    number = 0
    while len(text) < length:
        text += b"client %d line %d\n" % (client, number)
        number += 1
    return bytes(text[: length - 1]) + b"\n"


def _random(client: int, length: int) -> bytes:
    block = random.Random(f"client {client}").randbytes(min(length, _BLOCK))
    return (block * (length // _BLOCK + 1))[:length]


def _repeated(pattern: bytes) -> Callable[[int, int], bytes]:
    def make(client: int, length: int) -> bytes:
        turned = pattern[client % len(pattern) :] + pattern[: client % len(pattern)]
        return (turned * (length // len(pattern) + 1))[:length]

    return make


_MAKERS: dict[Content, Callable[[int, int], bytes]] = {
    Content.LINES: _lines,
    Content.LETTERS: _letters,
    Content.RANDOM: _random,
    Content.ZEROS: _repeated(b"\0"),
    Content.HIGH: _repeated(bytes(range(0x80, 0x100))),
    Content.NEWLINES: _repeated(b"\n"),
    Content.CRLF: _repeated(b"a\r\nb\nc\rd\r\n"),
    # End of transmission, substitute, backspace, escape: bytes that a terminal gives a meaning.
    # "0" is false in some languages.
    Content.DIGITS: _repeated(b"9012345678"),
    Content.CONTROL: _repeated(b"\x04\x1a\x08\x1b\x7f\x03\x11\x13"),
}
