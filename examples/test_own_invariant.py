"""An invariant of one's own: every echo is back within ten seconds, if the client reads.

An invariant is a pure function from a history to a verdict. It judges what was recorded; times are
seconds since the history began.
"""

import sys

import anechoic
from anechoic import History, Invariant, Verdict
from anechoic.events import Ended, Received, Sent

SERVER = f"{sys.executable} -P -m target.tcpserv04 --port {{port}}"

LIMIT = 10.0
"""Seconds."""


def judge(history: History) -> Verdict:
    """Judge how long the first byte of each echo took, of clients that read at once."""
    late = {end.client for end in history.of(Ended) if end.late_at}
    for sent in history.of(Sent):
        if sent.client in late:
            continue
        back = (e for e in history.of(Received) if e.client == sent.client and e.at >= sent.at)
        first = next(back, None)
        if first is not None and first.at - sent.at > LIMIT:
            waited = first.at - sent.at
            return Verdict.failed(f"c{sent.client} waited {waited:.1f} s for its echo")
    return Verdict.passed()


LATENCY = Invariant(
    id="latency",
    section="our service level",
    requirement="every echo is back within ten seconds",
    judge=judge,
)


def test_echoes_are_back_within_ten_seconds() -> None:
    result = anechoic.check(
        SERVER,
        faults=["control"],
        invariants=[*anechoic.SERVER.invariants, LATENCY],
        max_examples=4,
        seed=1,
    )
    result.raise_for_violations()
    assert result.verdicts["latency"] is anechoic.Outcome.PASS
