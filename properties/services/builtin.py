"""The services with a name: discard, chargen, daytime, time (RFC 863 to 868), lines, none."""

import re
from collections.abc import Iterator, Sequence

from faults.payloads import Content, Payload
from properties.engine.byte_streams import Differs, ExpectedBytes
from properties.model.oracle import ServiceScope
from properties.services.dialogue import Dialogue, Request
from properties.services.streams import Anything, ExpectedAnswers

NOT_HELD_UP = "backpressure", "only a server that sends back what it is sent must hold a client up"

CHARGEN_LINE = 74
"""Bytes of a line in the pattern that RFC 864 recommends."""

MOST_OF_CHARGEN = 1 << 16
"""Bytes that are waited for at once: they come through a small buffer."""

LONGEST_LINE = 1000
"""Bytes of a line, its end included: less than any usual buffer holds, and than MAXLINE."""

_LEAVES_A_REST = frozenset({Content.RANDOM, Content.DIGITS, Content.HIGH})
"""The contents whose last line has no end."""

_PRINTABLE = bytes(b if 0x20 <= b < 0x7F or b == 0x0A else 0x21 + b % 94 for b in range(256))


class Discard:
    """Nothing is ever owed, and nothing may come; after the client's FIN, EOF (RFC 863)."""

    scope = ServiceScope(dict([NOT_HELD_UP]), is_answered=False)

    def start(self) -> Dialogue:
        """Begin a conversation."""
        return _Discarding()


class _Discarding(Dialogue):
    is_answered = False


class Lines:
    """Each line comes back when it is whole, the rest at the end of the input.

    Lines are of printable ASCII: what a server makes of other bytes in a text is its own choice.
    """

    scope = ServiceScope(dict([NOT_HELD_UP]))

    def start(self) -> Dialogue:
        """Begin a conversation."""
        return _LineByLine()


class _LineByLine(Dialogue):
    def __init__(self) -> None:
        self._rest = b""

    def requests(self, payload: Payload, client: int) -> Sequence[Request]:
        """Return the payload with the ends of lines in it, and nothing that is no text."""
        return [Request(as_lines(payload, client), payload.length)]

    def sent(self, data: bytes) -> bytes:
        """Owe the lines that are whole now."""
        text = self._rest + data
        whole = text.rfind(b"\n") + 1
        self._rest = text[whole:]
        return text[:whole]

    def ended(self) -> bytes:
        """Owe the rest."""
        rest, self._rest = self._rest, b""
        return rest


def as_lines(payload: Payload, client: int) -> Iterator[bytes]:
    """Return a payload as text, with lines of at most LONGEST_LINE bytes."""
    done = 0
    for chunk in payload.chunks(client):
        text = bytearray(chunk.translate(_PRINTABLE))
        ends = range(-(done + 1) % LONGEST_LINE, len(text), LONGEST_LINE)
        text[ends.start :: LONGEST_LINE] = b"\n" * len(ends)
        done += len(text)
        if done == payload.length and payload.content not in _LEAVES_A_REST:
            text[-1:] = b"\n"
        yield bytes(text)


_NOT_KNOWN = (
    *("exact_echo", "clean_eof", "isolation", "prompt_service", "backpressure"),
    *("exact_output", "no_data_lost_at_eof", "reports_eof", "reports_output_error"),
)
"""What is not judged without knowing the service: of a server, and of a client."""


class Unknown:
    """Nothing is known of what the server owes: what it sends is read and not compared."""

    scope = ServiceScope(
        dict.fromkeys(_NOT_KNOWN, "with --service none it is not known what the server owes"),
        is_answered=False,
        is_known=False,
    )

    def start(self) -> Dialogue:
        """Begin a conversation."""
        return _Unknown()


class _Unknown(Dialogue):
    is_answered = False

    def stream(self, differs: Differs) -> ExpectedBytes:
        """Take anything."""
        return Anything(differs)

    def may_end(self, *, by_reset: bool) -> bool:
        """Return True: it may end as it likes."""
        del by_reset
        return True


class Speaking(Dialogue):
    """The server speaks by itself and closes; the client sends nothing but its FIN.

    Bytes that a server leaves unread would turn its FIN into an RST (RFC 2525, 2.17).
    """

    def __init__(self, form: re.Pattern[bytes] | None) -> None:
        self._form = form
        self._stream: ExpectedBytes | None = None

    def stream(self, differs: Differs) -> ExpectedBytes:
        """Take what has this form; at least a byte where there is none."""
        if self._form is None:
            self._stream = Anything(differs, least=1)
        else:
            self._stream = answers = ExpectedAnswers(differs)
            answers.promise_match(self._form)
        return self._stream

    def requests(self, payload: Payload, client: int) -> Sequence[Request]:
        """Return nothing."""
        del payload, client
        return []

    def may_end(self, *, by_reset: bool) -> bool:
        """Return whether it has spoken."""
        return not by_reset and self._stream is not None and not self._stream.missing


class Chargen:
    """The server sends without end until the client closes, whatever it is sent (RFC 864).

    What it sends is its own choice: a pattern is only recommended. A client that reads no more
    holds it up, so that it comes to rest.
    """

    scope = ServiceScope(
        {
            **dict([NOT_HELD_UP]),
            "clean_eof": "with --service chargen the server sends on after the client's FIN",
        }
    )

    def start(self) -> Dialogue:
        """Begin a conversation."""
        return _Endless()


class _Endless(Dialogue):
    is_endless = True

    def __init__(self) -> None:
        self._stream: Anything | None = None

    def stream(self, differs: Differs) -> ExpectedBytes:
        """Take anything, but a line of it must come."""
        self._stream = Anything(differs, least=CHARGEN_LINE)
        return self._stream

    def requests(self, payload: Payload, client: int) -> Sequence[Request]:
        """Wait for as many bytes more, within bounds; send nothing."""
        del client
        if self._stream is not None:
            self._stream.want(min(payload.length, MOST_OF_CHARGEN))
        return []


class Daytime:
    """The server sends the date and time in some form, then closes (RFC 867)."""

    scope = ServiceScope(dict([NOT_HELD_UP]))

    def start(self) -> Dialogue:
        """Begin a conversation."""
        return Speaking(None)


class Time:
    """The server sends the seconds since 1900 as 4 bytes, then closes (RFC 868)."""

    scope = ServiceScope(dict([NOT_HELD_UP]))

    def start(self) -> Dialogue:
        """Begin a conversation."""
        return Speaking(re.compile(rb".{4}", re.DOTALL))
