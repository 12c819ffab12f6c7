"""The interpreter for clients: runs a workload on one client process, and records it.

Every workload has the same phases:

1. the steps, in order; the client comes to rest after each of them;
2. the end: where the connection is still there and the input open, one more line is typed and
   echoed; then the input ends, what is still owed is echoed, and the server closes once it has seen
   the client's FIN (as `str_echo` does), or when the client would wait for ever;
3. the client's own end is waited for, and its output read to the end.

Each workload has a client of its own, and so a server and a port of its own.
"""

from faults.client_context import PeerEnd
from faults.payloads import A_LINE
from properties.client.context import SERVER, ClientRunContext
from properties.client.events import (
    Awaited,
    Exited,
    InputEnded,
    Listened,
    PeerEnded,
    Rested,
    Said,
    Unreached,
    Waited,
)
from properties.client.launch import Launch
from properties.client.listener import Listener
from properties.client.overfilling import type_until_held
from properties.client.steps import (
    Accept,
    Answer,
    EndInput,
    FromFile,
    Say,
    Terminal,
    Type,
    TypeUntilHeld,
)
from properties.engine.injection import inject, run_steps
from properties.model.end_reports import EndReportPatterns
from properties.model.events import KEEPER_LOST, Conclusion, Doubted
from properties.model.history import History
from properties.model.oracle import scope_of
from properties.model.settings import Rules
from properties.model.steps import Inject, Step, Workload
from target import ports
from target.client_handle import InputKind
from target.command import Command


def execute(
    workload: Workload, command: Command, host: str, rules: Rules, launch: Launch | None = None
) -> History:
    """Run `workload` on a client that is started for it; return what was done and seen.

    Raises TargetError when the client cannot be started. In any case the client is stopped and the
    port is free at the end.
    """
    history = History(scope=scope_of(rules.service))
    if rules.reports != EndReportPatterns():
        patterns = rules.reports
        history.add(Listened(0.0, patterns.eof, patterns.reset, patterns.unreachable))
    reservation = ports.reserve(host)
    try:
        listener = Listener(host, reservation.port, launch.wire if launch else None)
        context = ClientRunContext(command, listener, rules, history, launch)
        try:
            _steps(context, workload)
            _finish(context)
            if context.handle is not None and not context.handle.is_kept():
                history.add(Doubted(history.now(), KEEPER_LOST))
        finally:
            context.clear()
            context.link.record()
    finally:
        reservation.release()
    return history


# The steps.


def _steps(context: ClientRunContext, workload: Workload) -> None:
    def make(step: Step) -> None:
        _make(context, step)
        context.rest()

    history = context.history
    run_steps(workload, make, history, lambda: _has_seen_enough(history))


def _has_seen_enough(history: History) -> bool:
    """Return whether each further step could take as long as this one has."""
    return any(
        event.conclusion.took_the_patience
        for event in history.events
        if isinstance(event, Waited | Rested)
    )


def _make(context: ClientRunContext, step: Step) -> None:
    match step:
        case Terminal() | FromFile() | EndInput():
            _change_input(context, step)
        case Accept():
            context.meet()
        case Type(payload):
            context.type(payload)
        case TypeUntilHeld():
            type_until_held(context)
        case Answer(piece, withheld):
            context.answer(piece, withheld)
        case Say(payload):
            if context.meet():
                sent = context.io_loop.say(payload.data(SERVER))
                context.history.add(Said(context.history.now(), sent))
        case Inject():
            inject(step.fault, context, context.history)


def _change_input(context: ClientRunContext, step: Terminal | FromFile | EndInput) -> None:
    match step:
        case Terminal():
            if context.handle is None:
                context.kind = InputKind.TERMINAL
        case FromFile(payload):
            context.start_from_file(payload)
            _end_input(context)
        case EndInput():
            _end_input(context)


def _end_input(context: ClientRunContext) -> None:
    context.start()
    if context.input_open:
        context.history.add(
            InputEnded(context.history.now(), context.owed(), not context.has_ended())
        )
        context.end_input()


# The end.


def _finish(context: ClientRunContext) -> None:
    context.look_at_processes()
    if context.meet() and context.is_open() and context.input_open and not context.has_ended():
        # First what is owed: a client that reads only after input would get it with the next line.
        context.answer()
        context.type(A_LINE)
        context.answer()
        context.rest()
    _end_input(context)
    context.read_on()
    if not _has_ended_its_side(context):
        _await_the_clients_fin(context)
    if not _has_ended_its_side(context):
        context.end(PeerEnd.CLOSE)
    conclusion = context.io_loop.wait(context.has_ended)
    context.look_at_descriptors()
    if conclusion is Conclusion.MET:
        conclusion = context.io_loop.wait(lambda: context.io_loop.outputs_have_ended)
    if not context.has_ended():
        context.waited(Awaited.EXIT_AFTER_FIN, conclusion)
    _record_exit(context)


def _has_ended_its_side(context: ClientRunContext) -> bool:
    has_ended = any(context.history.of(PeerEnded)) or any(context.history.of(Unreached))
    return has_ended or not context.io_loop.connections


def _await_the_clients_fin(context: ClientRunContext) -> None:
    conclusion = context.io_loop.wait(lambda: context.has_ended() or _is_over(context))
    if not context.has_ended() and not _is_over(context):
        missing = sum(max(0, one.pending) for one in context.io_loop.connections)
        context.waited(Awaited.EXIT, conclusion, missing)


def _is_over(context: ClientRunContext) -> bool:
    """Return whether the client has ended its side of the connections that it has used."""
    connections = context.io_loop.connections
    used = [one for one in connections if one.taken or one.finished] or connections
    return all(one.finished and one.pending <= 0 for one in used)


def _record_exit(context: ClientRunContext) -> None:
    handle = context.handle
    if handle is None:
        return
    has_ended = context.has_ended()
    ending = handle.ending_of(handle.root) if has_ended else None
    at = context.history.now()
    if ending is None:
        words = "was killed by us" if not has_ended else "ended in an unknown way"
        context.history.add(Exited(at, words, None, None, stopped=not has_ended))
    else:
        context.history.add(Exited(at, str(ending), ending.status, ending.signal))
