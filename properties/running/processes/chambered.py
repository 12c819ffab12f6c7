"""Which network a target runs in, and calls that are made in a chamber.

The controlling process never enters one: it may be somebody else's, who has connections of his own.
What starts a target is done in a process forked from it.
"""

import contextlib
import multiprocessing
import os
import pickle
import signal
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from faults.wire import wire
from properties.model.target_spec import Target
from properties.running.errors import UsageError
from properties.running.process_lifetime import (
    blocked,
    die_with_parent,
    leave_interruptions_to_the_parent,
    unblocked,
)
from properties.running.settings import Settings
from target import chamber
from target.chamber import ChamberError, Network
from target.errors import TargetError
from target.keeping import end_nursery

Tell = Callable[[Any], None]
Answer = TypeVar("Answer")

END_PATIENCE = 10.0
"""Seconds for a call that is interrupted to stop its target."""

_FORK = multiprocessing.get_context("fork")


@dataclass(frozen=True)
class _Told:
    """Something to be told while the call goes on."""

    what: Any


@dataclass(frozen=True)
class _Raised:
    """The call has raised an exception; `where` is its traceback."""

    error: Exception
    where: str = ""


class UnsentError(Exception):
    """Stands for an exception that could not be sent; names its type, and has its text."""


CAUGHT = (TargetError, UsageError)
"""What callers catch: it arrives as one of these in any case."""


def settled_in(settings: Settings, asked: Network) -> tuple[Settings, str]:
    """Return the settings with the network that the target will run in, and why it is not its own.

    The reason is empty where the target runs where the user wants it.
    """
    why = "" if asked is Network.HOST else _why_not_its_own(settings.target)
    outside = why or settings.target.command is None
    rules = replace(settings.rules, network=Network.HOST if outside else asked)
    is_news = settings.target.command is not None
    return replace(settings, rules=rules), why if is_news else ""


def usable(asked: Network, target: Target) -> Network:
    """Return the network that a target can run in: the one that is asked, if it can be made."""
    return Network.HOST if asked is Network.HOST or _why_not_its_own(target) else asked


def _why_not_its_own(target: Target) -> str:
    if target.command is None:
        return "it runs already"
    if not chamber.suits(target.host):
        return f"{target.host} is an address of this machine's network"
    return chamber.why_not()


def call(
    network: Network,
    work: Callable[[Tell], Answer],
    tell: Tell = lambda _: None,
    *,
    seconds: float | None = None,
) -> Answer:
    """Call `work` in this network and return what it returns; raise what it raises.

    `work` gets a function that calls `tell` here. Whatever ends the call, the targets that it has
    started have ended. In a chamber it is ended after so many `seconds`: raises TimeoutError.
    """
    if network is Network.HOST:
        return work(tell)
    ours, theirs = _FORK.Pipe()
    process = _FORK.Process(target=_serve, args=(os.getpid(), theirs, work), daemon=True)
    with blocked():
        # Until it handles signals by itself, none may reach it.
        process.start()
    theirs.close()
    try:
        while isinstance(message := _next(ours, seconds), _Told):
            tell(message.what)
    except EOFError:
        raise UsageError("the process that runs the target was ended from outside") from None
    except BaseException:
        process.terminate()
        raise
    finally:
        process.join(END_PATIENCE)
        process.kill()
        process.join()
    if isinstance(message, _Raised):
        if message.where:
            message.error.add_note(message.where)
        raise message.error
    answer: Answer = message
    return answer


def _next(connection: Connection, seconds: float | None) -> Any:
    if not connection.poll(seconds):
        raise TimeoutError
    return connection.recv()


def enter_as_asked(network: Network) -> None:
    """Enter a chamber where the target is to run in one. Only for a process of our own."""
    if network is not Network.HOST:
        chamber.enter(wire.stand_by)


def _serve(parent: int, connection: Connection, work: Callable[[Tell], Any]) -> None:
    """Make the call; Ctrl-C is the controlling process's, which ends this one by SIGTERM."""
    die_with_parent(parent)
    leave_interruptions_to_the_parent()
    try:
        with unblocked():
            chamber.enter(wire.stand_by)
            connection.send(work(lambda what: connection.send(_Told(what))))
    except ChamberError as error:
        connection.send(_Raised(UsageError(f"{error}: try --network host")))
    except Exception as error:
        connection.send(_Raised(_sendable(error), traceback.format_exc()))
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        wire.end()
        end_nursery()


def _sendable(error: Exception) -> Exception:
    """Return an exception that arrives as it is sent: this one, or what stands for it.

    One with an __init__ of its own may raise another when it is unpickled, or change its text.
    """
    with contextlib.suppress(Exception):
        arrived = pickle.loads(pickle.dumps(error))
        if type(arrived) is type(error) and str(arrived) == str(error):
            return error
    kind = next((one for one in CAUGHT if isinstance(error, one)), None)
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    return kind(str(error)) if kind is not None else UnsentError(f"{name}: {error}")
