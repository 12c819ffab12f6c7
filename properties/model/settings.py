"""What is known of a target, and how it is tested: limits, patience, service."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from signal import Signals

from faults.harmless_signals import SignalName, number_of
from properties.model.end_reports import EndReportPatterns
from properties.model.oracle import Echo, Service
from target.chamber import Network


@dataclass(frozen=True)
class Limits:
    """The limits of the server, given by the user.

    `connections` at once, `rate` new connections a second (None: no limit known).
    """

    connections: int | None = None
    rate: float | None = None


def signals_called(names: Iterable[str]) -> tuple[Signals, ...]:
    """Return the signals with these names, each once. Raises ValueError for one never sent."""
    known = {one.value: number_of(one) for one in SignalName if one is not SignalName.CAUGHT}
    found: dict[Signals, None] = {}
    for name in names:
        number = known.get(name.removeprefix("SIG"))
        if number is None:
            raise ValueError(f"{name!r} is no signal that is sent; known are {', '.join(known)}")
        found[number] = None
    return tuple(found)


def names_of(signals: Iterable[Signals]) -> list[str]:
    """Return the names of signals as options and cases write them."""
    return [number.name.removeprefix("SIG") for number in signals]


@dataclass(frozen=True)
class SignalChoice:
    """What the user says of signals that the target catches.

    `more` are sent without having been rehearsed, for they are no order; `fewer` are never sent.
    """

    more: tuple[Signals, ...] = ()
    fewer: tuple[Signals, ...] = ()

    @classmethod
    def of(cls, more: Iterable[str], fewer: Iterable[str]) -> "SignalChoice":
        """Return the choice of these names, with or without SIG. Raises ValueError for others."""
        choice = cls(signals_called(more), signals_called(fewer))
        both = set(choice.more) & set(choice.fewer)
        if both:
            raise ValueError(f"{min(both).name} cannot be sent and not sent")
        return choice


@dataclass(frozen=True)
class Rules:
    """How to execute: the limits of the server, the patience in seconds, the service.

    `reports` are what a client says when its connection has ended. `network`: where the target
    runs. `signals`: which ones may be sent to it. `states`: what netstat and ps would show is
    recorded at each step of a server's workload.
    """

    limits: Limits = field(default_factory=Limits)
    patience: float = 10.0
    service: Service = field(default_factory=Echo)
    reports: EndReportPatterns = field(default_factory=EndReportPatterns)
    network: Network = Network.HOST
    signals: SignalChoice = field(default_factory=SignalChoice)
    states: bool = False
