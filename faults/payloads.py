"""What is sent: described, not stored, so that a case with megabytes stays readable.

A payload is a kind, a length and a number that distinguishes the clients' bytes. The same
description always gives the same bytes.
"""

import enum
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

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
    BLANKS = "blanks"
    COMMANDS = "commands"
    WORDS = "words"


SELDOM = (Content.BLANKS, Content.COMMANDS, Content.WORDS)
"""Contents that are swept alone: few programs look at lines so."""

DRAWN = tuple(content for content in Content if content not in SELDOM)
"""Contents that are drawn as well."""


IN_BULK = tuple(content for content in Content if content is not Content.WORDS)
"""Contents that are told from others in many bytes at once."""


@dataclass(frozen=True)
class Payload:
    """`length` bytes of a kind of content. `length` may be 0."""

    content: Content
    length: int

    def data(self, client: int) -> bytes:
        """Return the bytes as this client sends them: other clients' differ where they can."""
        return b"".join(self.chunks(client))

    def chunks(self, client: int) -> Iterator[bytes]:
        """Return the same bytes in portions of at most CHUNK bytes, each made when it is needed."""
        if self.content is Content.LINES:
            return _chunks_of_lines(client, self.length)
        return _cycled(_pattern(self.content, client), self.length)

    def described(self, client: int) -> str:
        """Return what this client sends, in words; a word as it is."""
        if self.content is Content.WORDS:
            return ascii(self.data(client).decode())
        return str(self)

    def __str__(self) -> str:
        return f"{size(self.length)} of {self.content.value}"


A_LINE = Payload(Content.LINES, 24)
"""What an ordinary client sends."""

A_WORD = Payload(Content.LETTERS, 16)
"""What one sends that does not end its line."""

HEAVY = 8 << 20
"""Bytes: more than the socket buffers of both sides hold. An echo that is not read blocks."""


def size(count: int) -> str:
    """Format a number of bytes for a report: "1 byte", "4096 bytes", "2 MiB"."""
    if count and count % (1 << 20) == 0:
        return f"{count >> 20} MiB"
    return "1 byte" if count == 1 else f"{count} bytes"


CHUNK = 1 << 20
"""Bytes that are made at a time."""

_BLOCK = 65521
"""A prime, so that no buffer of a usual size ends where the pattern does."""

PATTERNS = 32
"""Patterns that are kept, each of a content and a client; a long run meets hundreds of clients."""


def _cycled(pattern: bytes, length: int) -> Iterator[bytes]:
    """Return a pattern again and again, up to `length` bytes."""
    cycles = pattern * (min(length, CHUNK) // len(pattern) + 2)
    for offset in range(0, length, CHUNK):
        start = offset % len(pattern)
        yield cycles[start : start + min(CHUNK, length - offset)]


def _chunks_of_lines(client: int, length: int) -> Iterator[bytes]:
    """Return numbered lines. The last byte is a newline, wherever the last line is cut."""
    if 0 < length <= CHUNK:
        return iter((_lines(client, length),))
    return _made_lines(client, length)


@lru_cache(maxsize=4)
def _lines(client: int, length: int) -> bytes:
    """Return all lines at once, at most CHUNK: what is sent is soon compared with the echo."""
    return next(_made_lines(client, length))


def _made_lines(client: int, length: int) -> Iterator[bytes]:
    text, number, left = bytearray(), 0, length
    while left:
        portion = min(left, CHUNK)
        if len(text) < portion:
            # No later line is shorter than the next one.
            shortest = len(_numbered(client, range(number, number + 1)))
            count = (portion - len(text)) // shortest + 1
            text += _numbered(client, range(number, number + count))
            number += count
        left -= portion
        yield bytes(text[:portion]) if left else bytes(text[: portion - 1]) + b"\n"
        del text[:portion]


def _numbered(client: int, numbers: range) -> bytes:
    before = b"client %d line " % client
    return before + (b"\n" + before).join(map(b"%d".__mod__, numbers)) + b"\n"


@lru_cache(maxsize=PATTERNS)
def _pattern(content: Content, client: int) -> bytes:
    return _PATTERNS[content](client)


def _letters(client: int) -> bytes:
    alphabet = b"abcdefghijklmnopqrstuvwxyz"
    # A prime number of letters a round: a buffer that is sent twice, or is cut, does not line up.
    return (alphabet[client % 26 :] + alphabet[: client % 26])[:23]


def _random(client: int) -> bytes:
    return random.Random(f"client {client}").randbytes(_BLOCK)


def _turned(pattern: bytes) -> Callable[[int], bytes]:
    def turn(client: int) -> bytes:
        return pattern[client % len(pattern) :] + pattern[: client % len(pattern)]

    return turn


_HIGH = bytes(range(0x80, 0x100))

_BLANKS = b"  two before\n\ta tab before\ntwo after  \na tab after\t\n   \n\t\n \n"
"""Lines that begin or end with what may be taken off, or have nothing else."""

_COMMANDS = b"\n~.\na\n.\nb\n..\n\xff\xff\xff\xf4\n+++\n\x1d\n\x1b[A\n%s%n\n\\n\n-n\n#\n"
"""Escapes of remote logins, mail's end of a text, telnet's IAC, terminals, printf, and shells. What
client 1 sends begins with the first of them."""

WORDS = ("quit", "exit", "bye", "q", "logout", "close", "stop", "end", "0", "")
"""What may end a session, or be false, where a read returns nothing else; one for each client."""


def _word(client: int) -> bytes:
    return WORDS[(client - 1) % len(WORDS)].encode() + b"\n"


_PATTERNS: dict[Content, Callable[[int], bytes]] = {
    Content.LETTERS: _letters,
    Content.RANDOM: _random,
    Content.ZEROS: _turned(b"\0"),
    # Each once, then each twice: an escape is often written so (0xff of telnet, RFC 854).
    Content.HIGH: _turned(_HIGH + bytes(byte for byte in _HIGH for _ in range(2))),
    Content.NEWLINES: _turned(b"\n"),
    Content.CRLF: _turned(b"a\r\nb\nc\rd\r\n"),
    # "0" is false in some languages.
    Content.DIGITS: _turned(b"9012345678"),
    # End of transmission, substitute, backspace, escape: bytes that a terminal gives a meaning.
    Content.CONTROL: _turned(b"\x04\x1a\x08\x1b\x7f\x03\x11\x13"),
    Content.BLANKS: _turned(_BLANKS),
    Content.COMMANDS: _turned(_COMMANDS),
    Content.WORDS: _word,
}
