"""The words by which a client tells how its connection ended: those that real programs say."""

import pytest

from properties.model.end_reports import EndReportPatterns, matches

EOF, RESET, BOTH, NEITHER = (True, False), (False, True), (True, True), (False, False)


def report(text: str, words: EndReportPatterns = EndReportPatterns()) -> tuple[bool, bool]:  # noqa: B008
    return matches(words.eof, text), matches(words.reset, text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        # Those of the book and of the reference.
        ("str_cli: server terminated prematurely", EOF),
        ("str_cli: connection reset by peer", RESET),
        ("str_cli: broken pipe, the server had closed the connection before we wrote", BOTH),
        # telnet, nc, socat, ssh.
        ("Connection closed by foreign host.", EOF),
        ("Connection closed by 192.0.2.1 port 22", EOF),
        ("Ncat: Connection reset by peer.", RESET),
        ("read(5, 0x5581, 8192): Connection reset by peer", RESET),
        # strerror(3), and the names of errno(3) as runtimes give them.
        ("Connection reset by peer", RESET),
        ("Broken pipe", RESET),
        ("Software caused connection abort", RESET),
        ("write: EPIPE", RESET),
        ("Error: read ECONNRESET", RESET),
        ("ConnectionResetError: [Errno 104] Connection reset by peer", RESET),
        ("BrokenPipeError: [Errno 32] Broken pipe", RESET),
        ("java.net.SocketException: Connection reset", RESET),
        ('Os { code: 104, kind: ConnectionReset, message: "Connection reset by peer" }', RESET),
        ("read tcp 127.0.0.1:4->127.0.0.1:5: read: connection reset by peer", RESET),
        # What programs say when read returns 0.
        ("EOF", EOF),
        ("unexpected EOF", EOF),
        ("EOFError", EOF),
        ("unexpected end of file", EOF),
        ("end-of-file on connection", EOF),
        ("java.io.EOFException", EOF),
        ("server closed the connection unexpectedly", EOF),
        ("closing", EOF),
        ("disconnected", EOF),
        ("Peer has hung up", EOF),
        ("the server has shut down", EOF),
        ("connection lost", EOF),
        ("Connection was lost", EOF),
        ("the server has gone away", EOF),
        ("server left", EOF),
        # The case of letters is the program's.
        ("SERVER CLOSED", EOF),
        ("connection RESET", RESET),
        # What tells of neither.
        ("", NEITHER),
        ("hello", NEITHER),
        ("connected to 127.0.0.1", NEITHER),
        ("Connection refused", NEITHER),
        ("Connection timed out", NEITHER),
        ("Interrupted system call", NEITHER),
        ("Transport endpoint is not connected", NEITHER),
        ("error", NEITHER),
        # How a client ended stands after its words, and is no report by itself.
        ("exited with status 1", NEITHER),
        ("killed by SIGPIPE", NEITHER),
        ("was killed by us", NEITHER),
    ],
)
def test_the_usual_words_tell(text: str, told: tuple[bool, bool]) -> None:
    assert report(text) == told


def test_a_report_may_stand_anywhere_in_many_lines() -> None:
    assert report("connected\nsent 24 bytes\ncli: read: Connection reset by peer\nbye\n") == RESET


@pytest.mark.parametrize(
    ("text", "told"),
    [("Verbindung beendet", EOF), ("exited with status 3", RESET), ("Broken pipe", NEITHER)],
)
def test_a_program_may_have_words_of_its_own(text: str, told: tuple[bool, bool]) -> None:
    assert report(text, EndReportPatterns(eof="beendet", reset="status 3$")) == told


def test_words_that_are_given_take_the_place_of_the_usual_ones() -> None:
    given = EndReportPatterns("ended", "broken", "far")
    assert EndReportPatterns.of("ended", "broken", "far") == given


def test_words_that_are_not_given_are_the_usual_ones() -> None:
    assert EndReportPatterns.of(None, None, None) == EndReportPatterns()
