"""exit_status: 0 after an orderly run, something else when echoes are missing, and it does end.

Orderly: the input ended, everything was echoed and printed, and the server closed behind the
client. Not orderly: the connection was refused or reset, or the server ended with echoes owed. A
server that ends early and owes nothing leaves both open. A client that does not end its side when
its input ends (UNP 6.6) waits for a server that waits for it, and never ends.
"""

from properties.history import History
from properties.peer.account import Account, account, in_vain, starved
from properties.peer.events import Awaited
from properties.peer.wire import Wire
from properties.verdict import Invariant, Verdict, Violation

EXPECTED = "the client ends, with status 0 if all went well and with another if it did not"


class ExitStatusViolated(Violation):
    """The status says the opposite of what happened, or there is none."""


def judge(history: History) -> Verdict:
    """Judge how the client ended."""
    stuck = in_vain(history, Awaited.EXIT, Awaited.EXIT_AFTER_FIN)
    if stuck is not None:
        return Verdict.failed(f"{_never(stuck.what)}: {stuck.evidence}", EXPECTED)
    if reason := starved(history):
        return Verdict.inconclusive(reason)
    run = account(history)
    if run.exit is None or run.exit.stopped:
        return Verdict.inconclusive("it is not known how the client ended")
    if run.was_killed:
        return Verdict.passed("a signal ended it, which is no success")
    if run.surplus:
        return Verdict.passed("the server had sent what it did not owe: either status will do")
    if _went_wrong(run) and run.exit.status == 0:
        return Verdict.failed(f"{_what_went_wrong(run)}; {run.in_words}", EXPECTED)
    if _went_well(run) and run.exit.status != 0:
        return Verdict.failed(f"everything was echoed and printed; {run.in_words}", EXPECTED)
    return Verdict.passed()


def _never(what: Awaited) -> str:
    return {
        Awaited.EXIT: "its input had ended, and it does not end its side of the connection",
        Awaited.EXIT_AFTER_FIN: "its input and its connection had ended, and it goes on",
    }[what]


def _went_wrong(run: Account) -> bool:
    return run.wire in (Wire.RST, Wire.REFUSED) or run.owed > 0


def _what_went_wrong(run: Account) -> str:
    if run.owed:
        return f"{run.owed} bytes were owed at the end"
    return f"on the wire: {run.wire.value}"


def _went_well(run: Account) -> bool:
    is_complete = run.typed == run.taken <= run.answered and run.printed >= run.typed
    return run.wire in (Wire.ORDERLY, Wire.GONE) and is_complete and run.input_ended


INVARIANT = Invariant("exit_status", "exit(3)", EXPECTED, judge, ExitStatusViolated)
