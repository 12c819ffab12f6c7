"""The interpreter for clients: makes a workload happen to one client process, and records it.

Every workload runs the same course:

1. the steps, in order; the client comes to rest behind each of them;
2. the end: where the connection is still there and the input open, one more line is typed and
   echoed; then the input ends, what is still owed is echoed, and the server closes once it has seen
   the client's FIN (as `str_echo` does), or when the client would wait for ever;
3. the client's own end is waited for, and its output read to the end.

Each workload has a client of its own, and so a server and a port of its own.
"""

from faults.fault import Outcome
from faults.stage import A_LINE, PeerEnd
from properties.events import Injected, StepBegan
from properties.execution import Rules
from properties.history import History
from properties.peer.events import (
    Awaited,
    Exited,
    InputEnded,
    Listened,
    PeerEnded,
    Rested,
    Said,
    Waited,
)
from properties.peer.listening import Listening
from properties.peer.play import SERVER, Play
from properties.peer.steps import Accept, Answer, EndInput, Say, Terminal, Type
from properties.steps import Inject, Step, Workload
from properties.telling import Reports
from target import ports
from target.client_handle import InputKind
from target.command import Command


def execute(workload: Workload, command: Command, host: str, rules: Rules) -> History:
    """Make `workload` happen to a client that is started for it; return what was done and seen.

    Raises TargetError when the client cannot be started. However it ends, the client is stopped and
    the port is free.
    """
    history = History()
    if rules.reports != Reports():
        history.add(Listened(0.0, rules.reports.eof, rules.reports.reset))
    reservation = ports.reserve(host)
    try:
        play = Play(command, Listening(host, reservation.port), rules, history)
        try:
            _steps(play, workload)
            _finish(play)
        finally:
            play.clear()
    finally:
        reservation.release()
    return history


# The steps.


def _steps(play: Play, workload: Workload) -> None:
    for index, step in enumerate(workload):
        play.history.add(StepBegan(play.history.now(), index, str(step)))
        _make(play, step)
        play.rest()
        if _has_seen_enough(play.history):
            return


def _has_seen_enough(history: History) -> bool:
    """Tell whether each further step could take as long as this one has."""
    return any(
        event.conclusion.took_the_patience
        for event in history.events
        if isinstance(event, Waited | Rested)
    )


def _make(play: Play, step: Step) -> None:
    match step:
        case Terminal():
            if play.handle is None:
                play.kind = InputKind.TERMINAL
        case Accept():
            play.meet()
        case Type(payload):
            play.type(payload)
        case Answer(piece, withheld):
            play.answer(piece, withheld)
        case Say(payload):
            if play.meet():
                sent = play.pump.say(payload.data(SERVER))
                play.history.add(Said(play.history.now(), sent))
        case EndInput():
            _end_input(play)
        case Inject():
            _inject(play, step)


def _end_input(play: Play) -> None:
    play.start()
    if play.input_open:
        play.history.add(InputEnded(play.history.now(), play.owed(), not play.has_ended()))
        play.end_input()


def _inject(play: Play, step: Inject) -> None:
    fault = step.fault
    outcome = Outcome.missed("the fault was interrupted")
    try:
        outcome = fault.apply(play)
    except (OSError, LookupError, ValueError) as error:
        # The client was gone in the middle of it: whatever that means, other evidence says it.
        outcome = Outcome.missed(f"the fault broke off: {error}")
    finally:
        fault.undo(play)
        at = play.history.now()
        play.history.add(
            Injected(at, fault.name, outcome.status, outcome.detail, outcome.disturbed)
        )


# The end.


def _finish(play: Play) -> None:
    if play.meet() and play.is_open() and play.input_open and not play.has_ended():
        # First what is owed: one that reads only when it is typed to would get it by the next line.
        play.answer()
        play.type(A_LINE)
        play.answer()
        play.rest()
    _end_input(play)
    play.read_on()
    if not _has_ended_its_side(play):
        _await_the_clients_fin(play)
    if not _has_ended_its_side(play):
        play.end(PeerEnd.CLOSE)
    conclusion = play.pump.wait(lambda: play.has_ended() and play.pump.outputs_have_ended)
    if not play.has_ended():
        play.waited(Awaited.EXIT_AFTER_FIN, conclusion)
    _record_exit(play)


def _has_ended_its_side(play: Play) -> bool:
    return any(play.history.of(PeerEnded)) or not play.pump.connections


def _await_the_clients_fin(play: Play) -> None:
    conclusion = play.pump.wait(lambda: play.has_ended() or _is_over(play))
    if not play.has_ended() and not _is_over(play):
        missing = sum(max(0, one.pending) for one in play.pump.connections)
        play.waited(Awaited.EXIT, conclusion, missing)


def _is_over(play: Play) -> bool:
    """Tell whether the client has ended its side, of the connections that it has used."""
    connections = play.pump.connections
    used = [one for one in connections if one.taken or one.finished] or connections
    return all(one.finished and one.pending <= 0 for one in used)


def _record_exit(play: Play) -> None:
    handle = play.handle
    if handle is None:
        return
    has_ended = play.has_ended()
    ending = handle.ending_of(handle.root) if has_ended else None
    at = play.history.now()
    if ending is None:
        words = "was killed by us" if not has_ended else "ended, and nobody knows how"
        play.history.add(Exited(at, words, None, None, stopped=not has_ended))
    else:
        play.history.add(Exited(at, str(ending), ending.status, ending.signal))
