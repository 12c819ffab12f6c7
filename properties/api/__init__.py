"""anechoic: fault injection and conformance tests for TCP echo servers and clients.

This is all that Python code imports. Nothing is loaded before it is used. `anechoic.faults` has the
faults, `anechoic.events` the events of histories. Described in docs/api.md.
"""

from typing import TYPE_CHECKING

from .loading import lazy

if TYPE_CHECKING:
    from faults.client_context import ClientContext
    from faults.fault import MAKES_CERTAIN, NAMES_CLIENTS, Fault, FaultOutcome, Reading
    from faults.payloads import Content, Payload
    from faults.server_context import ServerContext
    from properties.cases.case import Case, CaseError
    from properties.cases.replay import Replayed, replay
    from properties.client.role import CLIENT
    from properties.client.steps import Accept, Answer, EndInput, Say, Terminal, Type
    from properties.gated.program import GatedProgram, gated
    from properties.gated.rules import GateRule, fail, hold, shorten
    from properties.gated.selection import GateHit
    from properties.model.events import Event
    from properties.model.history import History
    from properties.model.levels import Level
    from properties.model.oracle import Conversation, Echo, Service
    from properties.model.role import Family, Role
    from properties.model.settings import Limits
    from properties.model.steps import Inject, Step, Workload
    from properties.model.target_spec import RoleName, Target
    from properties.model.trial import Trial
    from properties.model.verdict import NOT_TRIED, FollowUp, Invariant, Outcome, Verdict
    from properties.pytest_plugin.conformance import conformance_tests
    from properties.reports.result import Result, check
    from properties.roles import family
    from properties.running.errors import UsageError
    from properties.running.exit_status import ExitStatus
    from properties.running.listener import RunListener
    from properties.running.plan import Part
    from properties.running.progress.parts import PartProgress
    from properties.running.run import Run
    from properties.search.findings import Failure, Findings
    from properties.search.trying import try_workload
    from properties.server.generation.builder import WorkloadBuilder
    from properties.server.role import SERVER
    from properties.server.steps import (
        Close,
        Continue,
        Fill,
        HalfClose,
        Open,
        Receive,
        Reset,
        Send,
        Silence,
        Standstill,
        Stop,
    )
    from target.errors import TargetError

    __version__: str


_MODULES = {
    "properties.reports.result": (
        "check",
        "Result",
    ),
    "properties.pytest_plugin.conformance": ("conformance_tests",),
    "properties.search.trying": ("try_workload",),
    "properties.cases.replay": (
        "replay",
        "Replayed",
    ),
    "properties.cases.case": (
        "Case",
        "CaseError",
    ),
    "properties.search.findings": ("Failure", "Findings"),
    "properties.model.target_spec": (
        "Target",
        "RoleName",
    ),
    "target.errors": ("TargetError",),
    "properties.running.errors": ("UsageError",),
    "properties.running.exit_status": ("ExitStatus",),
    "properties.model.settings": ("Limits",),
    "properties.model.steps": (
        "Step",
        "Inject",
        "Workload",
    ),
    "properties.server.steps": (
        "Open",
        "Send",
        "Receive",
        "HalfClose",
        "Close",
        "Reset",
        "Silence",
        "Fill",
        "Standstill",
        "Stop",
        "Continue",
    ),
    "properties.client.steps": (
        "Terminal",
        "Accept",
        "Type",
        "Answer",
        "Say",
        "EndInput",
    ),
    "faults.payloads": (
        "Payload",
        "Content",
    ),
    "faults.fault": (
        "Fault",
        "FaultOutcome",
        "Reading",
        "NAMES_CLIENTS",
        "MAKES_CERTAIN",
    ),
    "faults.server_context": ("ServerContext",),
    "faults.client_context": ("ClientContext",),
    "properties.roles": ("family",),
    "properties.server.generation.builder": ("WorkloadBuilder",),
    "properties.model.role": (
        "Family",
        "Role",
    ),
    "properties.server.role": ("SERVER",),
    "properties.client.role": ("CLIENT",),
    "properties.model.verdict": (
        "Invariant",
        "Verdict",
        "Outcome",
        "FollowUp",
        "NOT_TRIED",
    ),
    "properties.model.levels": ("Level",),
    "properties.model.history": ("History",),
    "properties.model.events": ("Event",),
    "properties.model.trial": ("Trial",),
    "properties.model.oracle": (
        "Service",
        "Conversation",
        "Echo",
    ),
    "properties.gated.program": ("gated", "GatedProgram"),
    "properties.gated.rules": ("fail", "hold", "shorten", "GateRule"),
    "properties.gated.selection": ("GateHit",),
    "properties.running.listener": ("RunListener",),
    "properties.running.plan": ("Part",),
    "properties.running.run": ("Run",),
    "properties.running.progress.parts": ("PartProgress",),
}
"""By module: the names that are imported from it when they are first used."""


__all__ = [
    "check",
    "Result",
    "conformance_tests",
    "try_workload",
    "replay",
    "Replayed",
    "Case",
    "CaseError",
    "Failure",
    "Findings",
    "Target",
    "RoleName",
    "TargetError",
    "UsageError",
    "ExitStatus",
    "Limits",
    "Step",
    "Inject",
    "Workload",
    "Open",
    "Send",
    "Receive",
    "HalfClose",
    "Close",
    "Reset",
    "Silence",
    "Fill",
    "Standstill",
    "Stop",
    "Continue",
    "Terminal",
    "Accept",
    "Type",
    "Answer",
    "Say",
    "EndInput",
    "Payload",
    "Content",
    "Fault",
    "FaultOutcome",
    "Reading",
    "NAMES_CLIENTS",
    "MAKES_CERTAIN",
    "ServerContext",
    "ClientContext",
    "family",
    "WorkloadBuilder",
    "Family",
    "Role",
    "SERVER",
    "CLIENT",
    "Invariant",
    "Verdict",
    "Outcome",
    "Level",
    "FollowUp",
    "NOT_TRIED",
    "History",
    "Event",
    "Trial",
    "Service",
    "Conversation",
    "Echo",
    "gated",
    "fail",
    "shorten",
    "hold",
    "GateRule",
    "GatedProgram",
    "GateHit",
    "RunListener",
    "Part",
    "Run",
    "PartProgress",
    "__version__",
]


if not TYPE_CHECKING:
    # Type checkers report names that do not exist; they would accept any from such a function.
    __getattr__, __dir__ = lazy(__name__, _MODULES)
