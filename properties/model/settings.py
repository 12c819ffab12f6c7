"""What is known of a target, and how it is tested: limits, patience, service."""

from dataclasses import dataclass, field
from signal import Signals

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


@dataclass(frozen=True)
class SignalChoice:
    """What the user says of signals that the target catches.

    `more` are sent without having been rehearsed, for they are no order; `fewer` are never sent.
    """

    more: tuple[Signals, ...] = ()
    fewer: tuple[Signals, ...] = ()


@dataclass(frozen=True)
class Rules:
    """How to execute: the limits of the server, the patience in seconds, the service.

    `reports` are what a client says when its connection has ended. `network`: where the target
    runs. `signals`: which ones may be sent to it.
    """

    limits: Limits = field(default_factory=Limits)
    patience: float = 10.0
    service: Service = field(default_factory=Echo)
    reports: EndReportPatterns = field(default_factory=EndReportPatterns)
    network: Network = Network.HOST
    signals: SignalChoice = field(default_factory=SignalChoice)
