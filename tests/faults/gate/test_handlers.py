"""Which signals interrupt a slow call: read from the calls of sigaction."""

import ctypes
import os
import signal
import struct

from faults.gate.calls import Kind, numbers_of
from faults.gate.handlers import SA_RESTART, Handlers
from faults.gate.kernel import Call

(SIGACTION,) = numbers_of({Kind.HANDLE_SIGNAL})
A_HANDLER = 0x1000


def noted(handlers: Handlers, number: int, handler: int, flags: int) -> None:
    """Let this process have made a call of sigaction."""
    action = ctypes.create_string_buffer(struct.pack("@QQ", handler, flags), 32)
    arguments = (number, ctypes.addressof(action), 0, 8, 0, 0)
    handlers.note(Call(1, os.getpid(), SIGACTION, arguments))


def test_a_handler_without_restart_interrupts() -> None:
    handlers = Handlers()
    noted(handlers, signal.SIGCHLD, A_HANDLER, 0)
    noted(handlers, signal.SIGURG, A_HANDLER, SA_RESTART)
    assert handlers.interrupts(os.getpid(), signal.SIGCHLD)
    assert not handlers.interrupts(os.getpid(), signal.SIGURG)
    assert not handlers.interrupts(os.getpid(), signal.SIGUSR1)


def test_what_is_set_last_holds() -> None:
    handlers = Handlers()
    noted(handlers, signal.SIGCHLD, A_HANDLER, 0)
    noted(handlers, signal.SIGCHLD, A_HANDLER, SA_RESTART)
    assert not handlers.interrupts(os.getpid(), signal.SIGCHLD)


def test_a_question_for_the_handler_sets_none() -> None:
    handlers = Handlers()
    handlers.note(Call(1, os.getpid(), SIGACTION, (signal.SIGCHLD, 0, 0, 8, 0, 0)))
    assert not handlers.interrupts(os.getpid(), signal.SIGCHLD)


def test_a_child_has_inherited_what_its_parent_set() -> None:
    handlers = Handlers()
    noted(handlers, signal.SIGCHLD, A_HANDLER, 0)
    child = os.fork()
    if child == 0:
        signal.pause()
        os._exit(0)
    try:
        assert handlers.interrupts(child, signal.SIGCHLD)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def test_of_some_signals_those_with_a_handler_that_interrupts_are_told() -> None:
    handlers = Handlers()
    noted(handlers, signal.SIGCHLD, A_HANDLER, 0)
    noted(handlers, signal.SIGALRM, A_HANDLER, SA_RESTART)
    noted(handlers, signal.SIGPROF, A_HANDLER, 0)
    assert handlers.interrupting({signal.SIGALRM, signal.SIGPROF}) == {signal.SIGPROF}
    assert handlers.interrupting({signal.SIGALRM}) == frozenset()
