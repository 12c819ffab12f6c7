"""prompt_service: a silent or slow client holds up nobody.

Observed as an echo that did not come while others were connected, and came once one had gone. A
server that serves many clients at once and lets the next one wait has a limit, which is no defect:
the verdict is then inconclusive and names the option that keeps the workloads within it.
"""

from properties.events import Stalled
from properties.history import SMALLEST_LIMIT, History, client_name
from properties.stories import starved, undisturbed
from properties.verdict import Invariant, Verdict, Violation

EXPECTED = "a client is served while others are connected, whether they are silent, slow or late"


LARGE_CROWD = 32
"""Others beside whom a client that was accepted and not served meets the end of a pool of workers,
rather than one of them who holds up all. What holds up all does so beside fewer as well."""


class PromptServiceViolated(Violation):
    """A client had to wait for another."""


def judge(history: History) -> Verdict:
    """Judge the clients that were served only after others had gone."""
    limited = None
    for story in undisturbed(history):
        stall = story.late_echo()
        if stall is None or not stall.conclusion.is_proof or not stall.others:
            continue
        if _looks_like_a_limit(stall):
            limited = stall
            continue
        return Verdict.failed(_held_up(story.client, stall), EXPECTED)
    if limited is not None:
        return Verdict.inconclusive(_seems_limited(limited))
    if reason := starved(history):
        return Verdict.inconclusive(reason)
    return Verdict.passed()


def meets_a_limit(history: History) -> bool:
    """Tell whether a client had to wait because, it seems, the server serves no more at once."""
    stalls = (story.late_echo() for story in undisturbed(history))
    return any(s is not None and s.conclusion.is_proof and _looks_like_a_limit(s) for s in stalls)


def _held_up(client: int, stall: Stalled) -> str:
    others = f"{len(stall.others)} other{'s' if len(stall.others) > 1 else ''}"
    served = _served(stall)
    limit = (
        f"; if it is meant to serve no more than {served} at once, say --max-connections {served}"
        if not stall.accepted and served > 1
        else ""
    )
    return (
        f"{client_name(client)}, beside {others}, was served only after somebody had gone "
        f"({stall.conclusion.value}: {stall.evidence}){limit}"
    )


def _served(stall: Stalled) -> int:
    return len(stall.others) if stall.accepted is None else stall.served


def _looks_like_a_limit(stall: Stalled) -> bool:
    return _served(stall) >= (LARGE_CROWD if stall.accepted else SMALLEST_LIMIT)


def _seems_limited(stall: Stalled) -> str:
    if stall.accepted:
        return (
            f"{client_name(stall.client)}, accepted beside {_served(stall)} others, had to wait "
            "for one of them to go: the server seems to serve a fixed number at once, however many "
            f"it accepts; try --max-connections {LARGE_CROWD}"
        )
    served = _served(stall)
    return (
        f"the server serves {served} clients at once and let {client_name(stall.client)} wait for "
        f"one of them to go: it seems to have a limit; try --max-connections {served}"
    )


INVARIANT = Invariant("prompt_service", "UNP 4.8", EXPECTED, judge, PromptServiceViolated)
