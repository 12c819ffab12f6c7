"""An invariant of one's own: the echo of a control exchange is back within ten seconds.

An invariant is a pure function from a history to a verdict. It judges what was recorded; times are
seconds since the history began. Control exchanges come before and after a workload; their clients,
which have numbers below 0, read at once. Those of the workload may read late.
"""

import sys

import anechoic
from anechoic import History, Invariant, Verdict
from anechoic.events import Received, Sent

SERVER = f"{sys.executable} -P -m target.tcpserv04 --port {{port}}"

LIMIT = 10.0
"""Seconds."""


def judge(history: History) -> Verdict:
    """Judge how long the first byte of each control exchange took."""
    for sent in history.of(Sent):
        if sent.client > 0:
            continue
        back = (e for e in history.of(Received) if e.client == sent.client and e.at >= sent.at)
        first = next(back, None)
        if first is not None and first.at - sent.at > LIMIT:
            return Verdict.failed(f"a control exchange took {first.at - sent.at:.1f} s")
    return Verdict.passed()


LATENCY = Invariant(
    id="latency",
    section="our service level",
    requirement="the echo of a control exchange is back within ten seconds",
    judge=judge,
)


def test_control_exchanges_take_less_than_ten_seconds() -> None:
    result = anechoic.check(
        SERVER,
        faults=["control"],
        invariants=[*anechoic.SERVER.invariants, LATENCY],
        max_examples=4,
        seed=1,
    )
    result.raise_for_violations()
    assert result.verdicts["latency"] is anechoic.Outcome.PASS
