"""exit_status: 0 after an orderly run, something else when echoes are missing, and it does end.

Orderly: the input ended, everything was echoed and printed, and the server closed after the
client. Not orderly: the connection was refused, reset or lost, or the server ended with echoes
owed. A server that ends early and owes nothing leaves both open, also where the input has ended and
the client has not shown yet that it knows: what it reads first, EOF of the input or of the
connection, is its own choice (UNP 6.7). A client that does not end its side when its input ends
(UNP 6.6) waits for a server that waits for it, and never ends.
"""

from properties.client.endings import Ending
from properties.client.events import Awaited
from properties.client.judged_alone import judged_alone
from properties.client.summary import ClientSummary, in_vain, starved, summarize
from properties.model.history import History
from properties.model.verdict import Invariant, Verdict

REQUIREMENT = "the client MUST end, with status 0 if all went well and with another if it did not"


FAILED = frozenset({Ending.RST, Ending.REFUSED, Ending.UNREACHABLE, Ending.NEVER_REACHED})


def judge(history: History) -> Verdict:
    """Judge how the client ended."""
    if not_judged := judged_alone(history):
        return not_judged
    is_known = history.scope.is_known
    # Where it is not known what is owed, a client may still wait for that.
    stuck = in_vain(history, *((Awaited.EXIT,) if is_known else ()), Awaited.EXIT_AFTER_FIN)
    if stuck is not None:
        return Verdict.failed(f"{_never(stuck.what)}: {stuck.evidence}")
    if reason := starved(history):
        return Verdict.inconclusive(reason)
    run = summarize(history)
    if run.exit is None or run.exit.stopped:
        return Verdict.inconclusive("it is not known how the client ended")
    if run.was_killed:
        return Verdict.passed("a signal ended it, which is no success")
    if run.surplus:
        return Verdict.passed("the server had sent what it did not owe: either status will do")
    if _went_wrong(run) and run.exit.status == 0:
        return Verdict.failed(f"{_what_went_wrong(run)}; {run.in_words}")
    if is_known and _went_well(run) and run.exit.status != 0:
        return Verdict.failed(f"everything was echoed and printed; {run.in_words}")
    return Verdict.passed()


def _never(what: Awaited) -> str:
    return {
        Awaited.EXIT: "its input had ended, and it does not end its side of the connection",
        Awaited.EXIT_AFTER_FIN: "its input and its connection had ended, and it goes on",
    }[what]


def _went_wrong(run: ClientSummary) -> bool:
    return run.wire in FAILED or run.owed > 0


def _what_went_wrong(run: ClientSummary) -> str:
    if run.owed:
        return f"{run.owed} bytes were owed at the end"
    return f"on the wire: {run.wire.value}"


def _went_well(run: ClientSummary) -> bool:
    is_complete = run.typed == run.taken and run.printed >= run.due <= run.answered
    is_orderly = run.wire in (Ending.ORDERLY, Ending.GONE) and run.finished_first
    return is_orderly and is_complete and run.input_ended


INVARIANT = Invariant("exit_status", "exit(3)", REQUIREMENT, judge)
