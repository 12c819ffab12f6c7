"""Rules as users state them: what is refused, with which sentence, and what the gate is told."""

import errno
from collections.abc import Callable

import pytest

from faults.gate.rules import Errno, LoseConnection
from properties.gated.named_calls import CALLS
from properties.gated.rules import ALWAYS, GateRule, fail, hold, ordinal, shorten
from properties.running.errors import UsageError

REFUSED = [
    (lambda: fail("accept", "ENOENT"), r"accept\(\) does not fail with that: it may fail with EM"),
    (lambda: fail("wait", "ECHILD"), r"nothing is lawful there \(--unlawful"),
    (lambda: fail("recv", "EIO"), "does not fail with that"),
    (lambda: fail("accept", "EWHATEVER"), "there is no error of this name"),
    (lambda: fail("accept", "EWHATEVER", unlawful=True), "there is no error of this name"),
    (lambda: fail("close", "EIO"), "close: it is never failed, for close"),
    (lambda: fail("close", "EINTR", unlawful=True), "close: it is never failed, for close"),
    (lambda: fail("sigaction", "EINVAL", unlawful=True), "never failed or held"),
    (lambda: hold("rt_sigaction", until="close"), "never failed or held"),
    (lambda: fail("brk", "ENOMEM"), "no such call stops at the gate; there are accept, "),
    (lambda: shorten("accept", 1), "only reads and writes move bytes"),
    (lambda: shorten("read", 0), "bytes 0: must be a whole number from 1"),
    (
        lambda: fail("accept", "EMFILE", nth=0),
        "nth 0: must be a whole number from 1",
    ),
    (lambda: fail("accept", "EMFILE", times=-1), "times -1: must be a whole number from 1"),
    (lambda: fail("fork", "EAGAIN", port=80), "which port fork is about is not known"),
    (lambda: fail("accept", "EMFILE", port=65536), "ports are from 1 to 65535"),
    (lambda: hold("poll"), "needs an event that ends it"),
    (
        lambda: hold("poll", until="exit", patience=0),
        "patience 0: must be a number from 0.01",
    ),
    (lambda: hold("poll", until="sleep"), "sleep: no such call stops at the gate"),
    (lambda: hold("poll", signal="SIGWHAT"), "there is no signal of this name"),
    (lambda: hold("poll", signal="SIGKILL"), "it cannot be handled"),
]


@pytest.mark.parametrize(("make", "sentence"), REFUSED)
def test_a_rule_that_makes_no_sense_is_refused_in_a_sentence(
    make: Callable[[], GateRule], sentence: str
) -> None:
    with pytest.raises(UsageError, match=sentence):
        make()


@pytest.mark.parametrize("name", sorted(set(CALLS) - {"close"}))
def test_an_unlawful_error_is_allowed_where_it_is_asked_for(name: str) -> None:
    assert fail(name, "EPERM", unlawful=True).at_gate == Errno(errno.EPERM)


def test_an_error_of_a_connection_takes_it_from_the_queue() -> None:
    assert fail("accept", "ECONNABORTED").at_gate == LoseConnection(errno.ECONNABORTED)
    assert fail("accept", "EMFILE").at_gate == Errno(errno.EMFILE)


def test_an_error_that_ends_a_connection_really_ends_it() -> None:
    assert fail("read", "ECONNRESET").at_gate == Errno(errno.ECONNRESET, severs=True)
    assert fail("read", "ENOMEM").at_gate == Errno(errno.ENOMEM)
    assert fail("connect", "ETIMEDOUT").at_gate == Errno(errno.ETIMEDOUT)


def test_a_rule_says_itself_in_words() -> None:
    assert str(fail("accept", "EMFILE", nth=2)) == "accept fails with EMFILE (the 2nd call)"
    cut = shorten("read", 1, nth=3, times=ALWAYS, program="mine", port=7)
    assert str(cut) == "read moves at most 1 byte (every call from the 3rd on of mine, port 7)"
    held = hold("poll", until="exit", signal="SIGCHLD", times=2, per_process=True)
    assert str(held) == (
        "poll is held until a child of its process has ended, while SIGCHLD is sent "
        "(2 calls from the 1st on of each process)"
    )


def test_ordinals() -> None:
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 112)] == [
        *("1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "112th")
    ]
